//! Values as Pack carries them, in a fraction of the code that `GraphValue` derives: there is a module for each fault.

use alloc::string::String;
use alloc::vec::Vec;
use packr_guest::Value;

/// What can be a field of a record or an argument of a call.
pub trait Carried: Default {
    fn of(value: Value) -> Option<Self>;
}

macro_rules! scalar {
    ($kind:ty, $case:ident) => {
        impl Carried for $kind {
            fn of(value: Value) -> Option<Self> {
                match value {
                    Value::$case(scalar) => Some(scalar),
                    _ => None,
                }
            }
        }
    };
}

scalar!(bool, Bool);
scalar!(u32, U32);
scalar!(u64, U64);
scalar!(String, String);

impl<T: Carried> Carried for Vec<T> {
    fn of(value: Value) -> Option<Self> {
        match value {
            Value::List { items, .. } => items.into_iter().map(T::of).collect(),
            _ => None,
        }
    }
}

/// Declares a record that converts to a value and back; its fields are matched by name, in any order.
macro_rules! record {
    ($(#[$attribute:meta])* $name:ident { $($(#[$note:meta])* $field:ident: $kind:ty,)+ }) => {
        $(#[$attribute])*
        #[derive(Clone, Default)]
        pub struct $name {
            $($(#[$note])* pub $field: $kind,)+
        }

        impl From<$name> for packr_guest::Value {
            fn from(record: $name) -> Self {
                let names = [$(stringify!($field)),+];
                let values = alloc::vec![$(packr_guest::Value::from(record.$field)),+];
                $crate::record::value(stringify!($name), &names, values)
            }
        }

        impl $crate::record::Carried for $name {
            fn of(value: packr_guest::Value) -> Option<Self> {
                let mut fields = $crate::record::Fields::of(value);
                let record = $name { $($field: fields.take(stringify!($field)),)+ };
                fields.complete.then_some(record)
            }
        }

        impl TryFrom<packr_guest::Value> for $name {
            type Error = packr_guest::ConversionError;

            fn try_from(value: packr_guest::Value) -> Result<Self, Self::Error> {
                let expected = || Self::Error::ExpectedRecord(alloc::string::String::from(stringify!($name)));
                $crate::record::Carried::of(value).ok_or_else(expected)
            }
        }

        impl packr_guest::KnownValueType for $name {
            fn known_value_type() -> packr_guest::ValueType {
                packr_guest::ValueType::Record(alloc::string::String::from(stringify!($name)))
            }
        }
    };
}

pub(crate) use record;

/// The record with these fields; as many names as values.
#[inline(never)]
pub fn value(type_name: &str, names: &[&str], values: Vec<Value>) -> Value {
    let fields = names.iter().map(|name| String::from(*name)).zip(values).collect();
    Value::Record { type_name: String::from(type_name), fields }
}

/// The fields of a value that is taken apart; none for a value that is no record.
pub struct Fields {
    fields: Vec<(String, Value)>,
    /// Whether all fields that were asked for were there and fitted; a default stands for one that did not.
    pub complete: bool,
}

impl Fields {
    pub fn of(value: Value) -> Self {
        let fields = match value {
            Value::Record { fields, .. } => fields,
            _ => Vec::new(),
        };
        Fields { fields, complete: true }
    }

    /// The field of that name.
    #[inline(never)]
    pub fn take<T: Carried>(&mut self, name: &str) -> T {
        self.find(name).and_then(T::of).unwrap_or_else(|| {
            self.complete = false;
            T::default()
        })
    }

    #[inline(never)]
    fn find(&mut self, name: &str) -> Option<Value> {
        let at = self.fields.iter().position(|(known, _)| known == name)?;
        Some(self.fields.swap_remove(at).1)
    }
}
