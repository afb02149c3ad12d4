//! An actor with a state worth unfolding: orders of nested records and variants, each call adding or changing one.

#![no_std]

extern crate alloc;

mod maybe;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use maybe::Maybe;
use packr_guest::{export, import, pack_types, GraphValue, Value};

packr_guest::setup_guest!();
pack_types!(file = "actor.types");

const LOCKERS: u32 = 400;

#[derive(Clone, GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Address {
    street: String,
    city: String,
    country: String,
}

#[derive(Clone, GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
enum Delivery {
    Pickup,
    Locker(u32),
    Courier(Address),
}

/// One line of an order; prices, here and below, are in cents.
#[derive(Clone, GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Line {
    sku: String,
    quantity: u32,
    price: u64,
    note: Maybe<String>,
}

#[derive(Clone, GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Order {
    customer: String,
    lines: Vec<Line>,
    delivery: Delivery,
}

#[derive(Clone, GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Cancellation {
    reason: String,
    refund: u64,
}

#[derive(Clone, GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
enum Status {
    Placed,
    Shipped(String),
    Cancelled(Cancellation),
}

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Entry {
    id: u32,
    order: Order,
    total: u64,
    status: Status,
}

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Orders {
    next: u32,
    entries: Vec<Entry>,
}

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Overview {
    id: u32,
    customer: String,
    total: u64,
    status: Status,
}

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Summary {
    placed: u32,
    shipped: u32,
    cancelled: u32,
    /// What was ordered and not cancelled.
    turnover: u64,
    /// The order of the highest total that is not cancelled.
    largest: Maybe<u32>,
}

#[import(module = "theater:simple/runtime")]
fn log(message: String);

#[export(name = "theater:simple/actor.init", state = "Value")]
fn init(_state: Value) -> Result<(Orders, ()), String> {
    log(String::from("open for orders"));
    Ok((Orders { next: 1, entries: Vec::new() }, ()))
}

/// Answers the total of an order, or everything that is wrong with it, and takes no order.
#[export(name = "sample:orders/orders.check", state = "Orders")]
fn check(state: Orders, order: Order) -> Result<(Orders, Result<u64, Vec<String>>), String> {
    Ok((state, total_of(&order)))
}

/// Takes an order and answers its number; an order with faults is refused.
#[export(name = "sample:orders/orders.place-order", state = "Orders")]
fn place_order(state: Orders, order: Order) -> Result<(Orders, u32), String> {
    let total = total_of(&order).map_err(|faults| format!("order refused: {}", faults.join("; ")))?;
    let mut orders = state;
    let id = orders.next;
    log(format!("order {id} of {}: {} lines, {}", order.customer, order.lines.len(), in_words(total)));
    orders.next += 1;
    orders.entries.push(Entry { id, order, total, status: Status::Placed });
    Ok((orders, id))
}

/// Ships a placed order and answers its tracking number.
#[export(name = "sample:orders/orders.ship", state = "Orders")]
fn ship(state: Orders, id: u32) -> Result<(Orders, String), String> {
    let mut orders = state;
    let entry = placed(&mut orders, id)?;
    let tracking = format!("CV{:06}", u64::from(id) * 7919 % 1_000_000);
    let way = match &entry.order.delivery {
        Delivery::Pickup => String::from("to the counter"),
        Delivery::Locker(locker) => format!("to locker {locker}"),
        Delivery::Courier(address) => format!("by courier to {}", address.city),
    };
    log(format!("order {id} leaves {way} as {tracking}"));
    entry.status = Status::Shipped(tracking.clone());
    Ok((orders, tracking))
}

/// Cancels a placed order and answers what is paid back.
#[export(name = "sample:orders/orders.cancel", state = "Orders")]
fn cancel(state: Orders, id: u32, reason: String) -> Result<(Orders, u64), String> {
    let mut orders = state;
    let entry = placed(&mut orders, id)?;
    let refund = entry.total;
    log(format!("order {id} cancelled: {reason}"));
    log(format!("{} go back to {}", in_words(refund), entry.order.customer));
    entry.status = Status::Cancelled(Cancellation { reason, refund });
    Ok((orders, refund))
}

#[export(name = "sample:orders/orders.list", state = "Orders")]
fn list(state: Orders) -> Result<(Orders, Vec<Overview>), String> {
    let overviews = state
        .entries
        .iter()
        .map(|entry| Overview {
            id: entry.id,
            customer: entry.order.customer.clone(),
            total: entry.total,
            status: entry.status.clone(),
        })
        .collect();
    Ok((state, overviews))
}

#[export(name = "sample:orders/orders.summary", state = "Orders")]
fn summary(state: Orders) -> Result<(Orders, Summary), String> {
    let mut summary = Summary { placed: 0, shipped: 0, cancelled: 0, turnover: 0, largest: Maybe(None) };
    let mut highest = 0;
    for entry in &state.entries {
        match entry.status {
            Status::Placed => summary.placed += 1,
            Status::Shipped(_) => summary.shipped += 1,
            Status::Cancelled(_) => {
                summary.cancelled += 1;
                continue;
            }
        }
        summary.turnover = summary.turnover.saturating_add(entry.total);
        if entry.total > highest {
            highest = entry.total;
            summary.largest = Maybe(Some(entry.id));
        }
    }
    Ok((state, summary))
}

fn placed(orders: &mut Orders, id: u32) -> Result<&mut Entry, String> {
    let entry = orders
        .entries
        .iter_mut()
        .find(|entry| entry.id == id)
        .ok_or_else(|| format!("there is no order {id}"))?;
    match &entry.status {
        Status::Placed => Ok(entry),
        Status::Shipped(tracking) => Err(format!("order {id} was shipped already, as {tracking}")),
        Status::Cancelled(Cancellation { reason, .. }) => Err(format!("order {id} was cancelled: {reason}")),
    }
}

fn total_of(order: &Order) -> Result<u64, Vec<String>> {
    let mut faults = Vec::new();
    if order.customer.is_empty() {
        faults.push(String::from("no customer"));
    }
    if order.lines.is_empty() {
        faults.push(String::from("nothing ordered"));
    }
    let mut total = Some(0u64);
    for (at, line) in order.lines.iter().enumerate() {
        let number = at + 1;
        if line.sku.is_empty() {
            faults.push(format!("line {number} names no article"));
        }
        if line.quantity == 0 {
            faults.push(format!("line {number} orders none of {}", line.sku));
        }
        let price = line.price.checked_mul(u64::from(line.quantity));
        total = total.zip(price).and_then(|(sum, price)| sum.checked_add(price));
    }
    match &order.delivery {
        Delivery::Pickup => {}
        Delivery::Locker(locker) if (1..=LOCKERS).contains(locker) => {}
        Delivery::Locker(locker) => faults.push(format!("there is no locker {locker}")),
        Delivery::Courier(Address { street, city, country }) => {
            if street.is_empty() || city.is_empty() || country.is_empty() {
                faults.push(String::from("the address is not complete"));
            }
        }
    }
    match total {
        Some(total) if faults.is_empty() => Ok(total),
        Some(_) => Err(faults),
        None => {
            faults.push(String::from("the total does not fit into a u64"));
            Err(faults)
        }
    }
}

fn in_words(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
