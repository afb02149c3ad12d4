//! What the pricing desk is asked for, answers and keeps. Amounts are in cents.

use crate::record::{record, Carried};
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use packr_guest::{KnownValueType, Value, ValueType};

record! {
    Line {
        sku: String,
        quantity: u32,
    }
}

record! {
    Basket {
        customer: String,
        region: String,
        lines: Vec<Line>,
    }
}

record! {
    /// Takes `cents` off each piece of an article, when there are at least `from` pieces on a line.
    Bulk {
        sku: String,
        from: u32,
        cents: u64,
    }
}

/// What takes something off the price of a basket.
#[derive(Clone)]
pub enum Rule {
    Percent(u32),
    Bulk(Bulk),
    Voucher(u64),
}

impl From<Rule> for Value {
    fn from(rule: Rule) -> Value {
        let (case_name, tag, payload) = match rule {
            Rule::Percent(percent) => ("Percent", 0, Value::from(percent)),
            Rule::Bulk(bulk) => ("Bulk", 1, Value::from(bulk)),
            Rule::Voucher(cents) => ("Voucher", 2, Value::from(cents)),
        };
        let (type_name, case_name) = (String::from("Rule"), String::from(case_name));
        Value::Variant { type_name, case_name, tag, payload: vec![payload] }
    }
}

impl Carried for Rule {
    fn of(value: Value) -> Option<Self> {
        let Value::Variant { tag, mut payload, .. } = value else { return None };
        let payload = payload.pop()?;
        match tag {
            0 => u32::of(payload).map(Rule::Percent),
            1 => Bulk::of(payload).map(Rule::Bulk),
            2 => u64::of(payload).map(Rule::Voucher),
            _ => None,
        }
    }
}

impl Default for Rule {
    fn default() -> Self {
        Rule::Percent(0)
    }
}

impl KnownValueType for Rule {
    fn known_value_type() -> ValueType {
        ValueType::Variant(String::from("Rule"))
    }
}

record! {
    Price {
        sku: String,
        cents: u64,
    }
}

record! {
    /// A line of the ledger: one step in the making of a quote.
    Entry {
        serial: u32,
        quote: u32,
        step: String,
        cents: u64,
        /// Who named the rate of the first line.
        source: String,
    }
}

record! {
    Quote {
        id: u32,
        net: u64,
        discount: u64,
        tax: u64,
        total: u64,
        /// Milliseconds since 1970.
        until: u64,
    }
}

record! {
    /// A quote that was given to a customer.
    Given {
        id: u32,
        customer: String,
        total: u64,
        sold: bool,
    }
}

#[cfg(not(feature = "state-type"))]
pub type Ticks = u32;
#[cfg(feature = "state-type")]
pub type Ticks = u64;

record! {
    /// While a session is open a timer checks the prices; its name is empty otherwise.
    Session {
        count: u32,
        name: String,
        /// Milliseconds since 1970.
        opened: u64,
        ticks: Ticks,
    }
}

record! {
    Totals {
        quotes: u32,
        sold: u32,
        net: u64,
        discount: u64,
        tax: u64,
        gross: u64,
    }
}

record! {
    Pricing {
        /// The id of this actor.
        desk: String,
        /// The number of the next quote.
        next: u32,
        /// The number of the next entry of the ledger.
        serial: u32,
        rates: Vec<Price>,
        rules: Vec<Rule>,
        quotes: Vec<Given>,
        /// What was not audited yet.
        ledger: Vec<Entry>,
        session: Session,
        totals: Totals,
    }
}

record! {
    Request {
        sku: String,
        region: String,
        quantity: u32,
    }
}

record! {
    /// What a region adds to the price of an article, and to its tax in per cent.
    Rate {
        price: u64,
        tax: u32,
        source: String,
    }
}
