//! An option that can stand inside a derived type: packr-guest 0.6.2 has no conversion from a value to `Option`.

use alloc::boxed::Box;
use alloc::format;
use packr_guest::{ConversionError, KnownValueType, Value, ValueType};

#[derive(Clone)]
pub struct Maybe<T>(pub Option<T>);

impl<T: Into<Value> + KnownValueType> From<Maybe<T>> for Value {
    fn from(maybe: Maybe<T>) -> Value {
        maybe.0.into()
    }
}

impl<T: TryFrom<Value, Error = ConversionError>> TryFrom<Value> for Maybe<T> {
    type Error = ConversionError;

    fn try_from(value: Value) -> Result<Self, ConversionError> {
        match value {
            Value::Option { value: Some(inner), .. } => Ok(Maybe(Some(T::try_from(*inner)?))),
            Value::Option { value: None, .. } => Ok(Maybe(None)),
            other => Err(ConversionError::TypeMismatch { expected: "option".into(), got: format!("{other:?}") }),
        }
    }
}

impl<T: KnownValueType> KnownValueType for Maybe<T> {
    fn known_value_type() -> ValueType {
        ValueType::Option(Box::new(T::known_value_type()))
    }
}
