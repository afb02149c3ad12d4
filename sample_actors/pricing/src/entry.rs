//! The way into the actor and out of it, once for all exports.

use crate::record::Carried;
use crate::types::Pricing;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::{IntoIter, Vec};
use packr_guest::{__export_impl, Value, ValueType};

/// Declares an export that takes the state and answers it. The macro of packr-guest would put all of `call` into each.
macro_rules! export {
    ($symbol:literal, $act:ident) => {
        const _: () = {
            #[export_name = $symbol]
            pub extern "C" fn call(in_ptr: i32, in_len: i32, out_ptr_slot: i32, out_len_slot: i32) -> i32 {
                $crate::entry::call([in_ptr, in_len, out_ptr_slot, out_len_slot], $act)
            }
        };
    };
}

pub(crate) use export;

type Act = fn(&mut Pricing, &mut Arguments) -> Result<Value, String>;

/// What an export is given beside the state, first to last.
pub struct Arguments(IntoIter<Value>);

impl Arguments {
    #[inline(never)]
    pub fn next<T: Carried>(&mut self) -> Result<T, String> {
        self.0
            .next()
            .and_then(T::of)
            .ok_or_else(|| String::from("an argument is missing or has another type"))
    }
}

/// Makes a call of the Pack calling convention.
#[inline(never)]
pub fn call([in_ptr, in_len, out_ptr_slot, out_len_slot]: [i32; 4], act: Act) -> i32 {
    __export_impl(in_ptr, in_len, out_ptr_slot, out_len_slot, |input| Ok(enter(input, act)))
}

/// Takes the state and the arguments of a call apart, and puts what comes of it together as Theater has it.
fn enter(input: Value, act: Act) -> Value {
    let (state, arguments) = taken_apart(input);
    let Some(mut pricing) = Pricing::of(state) else {
        return refused(String::from("the state is not one of a pricing desk"));
    };
    match act(&mut pricing, &mut Arguments(arguments.into_iter())) {
        Ok(response) => answered(pricing.into(), response),
        Err(message) => refused(message),
    }
}

/// A call comes as the tuple of the state and the arguments, or of the state and the tuple of the arguments.
fn taken_apart(input: Value) -> (Value, Vec<Value>) {
    let Value::Tuple(mut items) = input else {
        return (input, Vec::new());
    };
    if items.is_empty() {
        return (Value::Tuple(items), Vec::new());
    }
    let state = items.remove(0);
    match items.pop() {
        Some(Value::Tuple(arguments)) if items.is_empty() => (state, arguments),
        last => {
            items.extend(last);
            (state, items)
        }
    }
}

pub fn answered(state: Value, response: Value) -> Value {
    Value::Result {
        ok_type: ValueType::Tuple(vec![ValueType::Bool, ValueType::Bool]),
        err_type: ValueType::String,
        value: Ok(Box::new(Value::Tuple(vec![state, response]))),
    }
}

fn refused(message: String) -> Value {
    Value::Result {
        ok_type: ValueType::Bool,
        err_type: ValueType::String,
        value: Err(Box::new(Value::String(message))),
    }
}
