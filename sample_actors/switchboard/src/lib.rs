//! An actor with a real peer: it listens, and each line that a caller sends is answered. Try `nc 127.0.0.1 7070`.

#![no_std]

extern crate alloc;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use packr_guest::{export, import, pack_types, GraphValue, Value};

packr_guest::setup_guest!();
pack_types!(file = "actor.types");

const ADDRESS: &str = "127.0.0.1:7070";
/// A caller that sends more without an end of line is hung up on.
const LONGEST_LINE: usize = 1024;

#[derive(Clone, GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Caller {
    connection: String,
    peer: String,
    lines: u32,
    /// What came of a line that has not ended yet.
    begun: Vec<u8>,
}

#[derive(GraphValue)]
#[graph(crate = "packr_guest::composite_abi")]
struct Switchboard {
    address: String,
    callers: Vec<Caller>,
    served: u32,
}

#[import(module = "theater:simple/runtime")]
fn log(message: String);

#[import(module = "theater:simple/tcp")]
fn listen(address: String) -> Result<String, String>;

#[import(module = "theater:simple/tcp")]
fn activate(connection: String) -> Result<(), String>;

#[import(module = "theater:simple/tcp", name = "set-active")]
fn set_active(connection: String, mode: String) -> Result<(), String>;

#[import(module = "theater:simple/tcp", name = "peer-address")]
fn peer_address(connection: String) -> Result<String, String>;

#[import(module = "theater:simple/tcp")]
fn send(connection: String, data: Vec<u8>) -> Result<u64, String>;

#[import(module = "theater:simple/tcp")]
fn close(connection: String) -> Result<(), String>;

/// Listens on the address that the initial state spells.
#[export(name = "theater:simple/actor.init", state = "Value")]
fn init(state: Value) -> Result<(Switchboard, ()), String> {
    let address = match state {
        Value::String(text) => text,
        _ => String::from(ADDRESS),
    };
    listen(address.clone())?;
    log(format!("listens on {address}"));
    Ok((Switchboard { address, callers: Vec::new(), served: 0 }, ()))
}

#[export(name = "theater:simple/tcp-client.handle-connection", state = "Switchboard")]
fn handle_connection(state: Switchboard, connection: String) -> Result<(Switchboard, ()), String> {
    let mut board = state;
    activate(connection.clone())?;
    let peer = peer_address(connection.clone())?;
    send(connection.clone(), b"hello, say something\n".to_vec())?;
    set_active(connection.clone(), String::from("active"))?;
    log(format!("{peer} calls"));
    board.callers.push(Caller { connection, peer, lines: 0, begun: Vec::new() });
    Ok((board, ()))
}

/// Answers each line that is whole now.
#[export(name = "theater:simple/tcp-client.on-data", state = "Switchboard")]
fn on_data(state: Switchboard, connection: String, data: Vec<u8>) -> Result<(Switchboard, ()), String> {
    let mut board = state;
    let Some(caller) = board.callers.iter_mut().find(|each| each.connection == connection) else {
        return Ok((board, ()));
    };
    caller.begun.extend_from_slice(&data);
    while let Some(end) = caller.begun.iter().position(|byte| *byte == b'\n') {
        let line: Vec<u8> = caller.begun.drain(..=end).collect();
        let line = String::from_utf8_lossy(&line);
        let line = line.trim_end();
        caller.lines += 1;
        board.served += 1;
        if line == "bye" {
            send(connection.clone(), b"bye\n".to_vec())?;
            close(connection.clone())?;
            return Ok((without(board, &connection), ()));
        }
        send(connection.clone(), format!("{}: {}\n", caller.lines, backwards(line)).into_bytes())?;
    }
    if caller.begun.len() > LONGEST_LINE {
        close(connection.clone())?;
        return Ok((without(board, &connection), ()));
    }
    Ok((board, ()))
}

#[export(name = "theater:simple/tcp-client.on-close", state = "Switchboard")]
fn on_close(state: Switchboard, connection: String, reason: String) -> Result<(Switchboard, ()), String> {
    log(format!("connection {connection} is over: {reason}"));
    Ok((without(state, &connection), ()))
}

#[export(name = "sample:switchboard/switchboard.callers", state = "Switchboard")]
fn callers(state: Switchboard) -> Result<(Switchboard, Vec<Caller>), String> {
    let callers = state.callers.clone();
    Ok((state, callers))
}

fn without(board: Switchboard, connection: &str) -> Switchboard {
    let callers = board.callers.into_iter().filter(|each| each.connection != connection).collect();
    Switchboard { callers, ..board }
}

fn backwards(line: &str) -> String {
    line.chars().rev().collect()
}
