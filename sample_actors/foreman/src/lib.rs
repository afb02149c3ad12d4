//! The head of a family: it spawns workers, hands them jobs in turn, keeps what they answer in a store, and hires another
//! worker for each that leaves or fails.

#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use packr_guest::{export, import, pack_types, GraphValue, Value};

packr_guest::setup_guest!();
pack_types!(file = "actor.types");

const TIMER: &str = "round";
const INTERVAL: u64 = 700;
const HANDS: u32 = 2;
const NAMES: [&str; 6] = ["Ada", "Bo", "Cy", "Dee", "Eli", "Flo"];

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Hand {
    id: String,
    name: String,
}

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Workshop {
    /// The manifest of the workers.
    manifest: String,
    store: String,
    hands: Vec<Hand>,
    hired: u32,
    round: u32,
    /// What became of those who left, oldest first.
    left: Vec<String>,
}

#[import(module = "theater:simple/runtime")]
fn log(message: String);

#[import(module = "theater:simple/timer", name = "set-interval")]
fn set_interval(name: String, interval: u64) -> Result<String, String>;

#[import(module = "theater:simple/store", name = "new")]
fn new_store() -> Result<String, String>;

#[import(module = "theater:simple/store", name = "store-at-label")]
fn store_at_label(store: String, label: String, content: Vec<u8>) -> Result<String, String>;

#[import(module = "theater:simple/supervisor")]
fn spawn(manifest: String, state: Option<Value>, module: Option<Vec<u8>>) -> Result<String, String>;

#[import(module = "theater:simple/message-server-host")]
fn send(actor: String, message: Vec<u8>) -> Result<(), String>;

#[import(module = "theater:simple/message-server-host")]
fn request(actor: String, message: Vec<u8>) -> Result<Vec<u8>, String>;

/// Hires the first workers by the manifest that the initial state names.
#[export(name = "theater:simple/actor.init", state = "Value")]
fn init(state: Value) -> Result<(Workshop, ()), String> {
    let Value::String(manifest) = state else {
        return Err(String::from("the initial state is the manifest of the workers"));
    };
    let store = new_store()?;
    let mut workshop = Workshop { manifest, store, hands: Vec::new(), hired: 0, round: 0, left: Vec::new() };
    for _ in 0..HANDS {
        hire(&mut workshop)?;
    }
    set_interval(String::from(TIMER), INTERVAL)?;
    Ok((workshop, ()))
}

/// Gives the next job to the next worker, and tells the other ones that there is none for them.
#[export(name = "theater:simple/timer.handle-tick", state = "Workshop")]
fn handle_tick(state: Workshop, name: String) -> Result<(Workshop, ()), String> {
    let _ = name;
    let mut workshop = state;
    workshop.round += 1;
    let job = format!("{}", workshop.round * workshop.round + 11);
    if let Some(answer) = do_job(&workshop, &job)? {
        store_at_label(workshop.store.clone(), format!("job-{job}"), answer.into_bytes())?;
    }
    for hand in &workshop.hands {
        let _ = send(hand.id.clone(), format!("round {} is over", workshop.round).into_bytes());
    }
    Ok((workshop, ()))
}

/// A worker retired: another one is hired.
#[export(name = "theater:simple/supervisor-handlers.handle-child-exit", state = "Workshop")]
fn handle_child_exit(state: Workshop, child: String, data: Value) -> Result<(Workshop, ()), String> {
    let said = match data {
        Value::Option { value: Some(bytes), .. } => Vec::<u8>::try_from(*bytes).unwrap_or_default(),
        _ => Vec::new(),
    };
    replaced(state, child, format!("retired: {}", String::from_utf8_lossy(&said)))
}

/// A worker failed: another one is hired.
#[export(name = "theater:simple/supervisor-handlers.handle-child-error", state = "Workshop")]
fn handle_child_error(state: Workshop, child: String, error: Value) -> Result<(Workshop, ()), String> {
    let _ = error;
    replaced(state, child, String::from("failed"))
}

/// Hands a job to a worker at once; one that is no number is the end of that worker.
#[export(name = "sample:foreman/foreman.give", state = "Workshop")]
fn give(state: Workshop, job: String) -> Result<(Workshop, String), String> {
    let answer = do_job(&state, &job)?.unwrap_or_else(|| String::from("there is nobody"));
    Ok((state, answer))
}

fn do_job(workshop: &Workshop, job: &str) -> Result<Option<String>, String> {
    let count = workshop.hands.len();
    if count == 0 {
        return Ok(None);
    }
    let hand = &workshop.hands[workshop.round as usize % count];
    match request(hand.id.clone(), job.as_bytes().to_vec()) {
        Ok(answer) => Ok(Some(String::from_utf8_lossy(&answer).into_owned())),
        Err(why) => {
            log(format!("{} can't be reached: {why}", hand.name));
            Ok(None)
        }
    }
}

fn hire(workshop: &mut Workshop) -> Result<(), String> {
    let name = String::from(NAMES[workshop.hired as usize % NAMES.len()]);
    let id = spawn(workshop.manifest.clone(), Some(Value::String(name.clone())), None)?;
    log(format!("hired {name}"));
    workshop.hired += 1;
    workshop.hands.push(Hand { id, name });
    Ok(())
}

fn replaced(state: Workshop, child: String, how: String) -> Result<(Workshop, ()), String> {
    let mut workshop = state;
    let Some(place) = workshop.hands.iter().position(|hand| hand.id == child) else {
        return Ok((workshop, ()));
    };
    let hand = workshop.hands.remove(place);
    log(format!("{} {how}", hand.name));
    workshop.left.push(format!("{} {how}", hand.name));
    hire(&mut workshop)?;
    Ok((workshop, ()))
}
