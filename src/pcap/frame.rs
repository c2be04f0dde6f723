//! The bytes of a packet: Ethernet, IPv4, TCP and what it carries.

use std::net::Ipv4Addr;

use etherparse::{EtherType, Ethernet2Header, IpNumber, Ipv4Header, TcpHeader};

use super::flow::Letter;
use crate::sim::trace::Wire;

/// As Linux sends packets (net.ipv4.ip_default_ttl); no router is on the way.
const TTL: u8 = 64;

/// A frame without its checksum, as it is captured.
pub fn bytes(wire: &Wire, letter: &Letter) -> Vec<u8> {
    let [source, destination] = [letter.from, letter.from.peer()].map(|side| wire.addresses[side as usize]);
    let text = letter.text.as_bytes();
    let mut tcp = TcpHeader { source_port: source.port(), destination_port: destination.port(), ..letter.tcp.clone() };
    let length = (tcp.header_len() + text.len()) as u16;
    let [from, to] = [source, destination].map(|address| address.ip().octets());
    let mut ip = Ipv4Header::new(length, TTL, IpNumber::TCP, from, to).expect("a packet of some hundred bytes");
    ip.identification = letter.identification;
    ip.header_checksum = ip.calc_header_checksum();
    tcp.checksum = tcp.calc_checksum_ipv4(&ip, text).expect("a packet of some hundred bytes");
    let [source, destination] = [source, destination].map(|address| hardware_address(*address.ip()));
    let ethernet = Ethernet2Header { source, destination, ether_type: EtherType::IPV4 };
    [&ethernet.to_bytes(), &ip.to_bytes()[..], &tcp.to_bytes(), text].concat()
}

/// A locally administered address made of the IP address; a loopback interface has none.
pub fn hardware_address(address: Ipv4Addr) -> [u8; 6] {
    let [a, b, c, d] = address.octets();
    if address.is_loopback() { [0; 6] } else { [2, 0, a, b, c, d] }
}
