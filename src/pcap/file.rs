//! The blocks of a pcapng file (draft-ietf-opsawg-pcapng).

use std::borrow::Cow;
use std::net::Ipv4Addr;
use std::time::Duration;

use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::{DataLink, Endianness};

use super::comment::without_divider;
use super::frame::hardware_address;
use crate::time::SimTime;

/// Times are in nanoseconds: if_tsresol is the power of ten.
const NANOSECONDS: u8 = 9;
/// No packet is cut; what tcpdump writes for that.
const SNAPLEN: u32 = 262_144;

/// Which way a packet crosses the interface, by the numbers of epb_flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Inbound = 1,
    Outbound = 2,
}

/// A packet that is seen on an interface.
#[derive(Debug)]
pub struct Picture {
    pub at: SimTime,
    /// The host that has the interface.
    pub host: u16,
    /// Its address.
    pub address: Ipv4Addr,
    pub is_server: bool,
    pub direction: Direction,
    pub bytes: Vec<u8>,
    pub comment: String,
}

/// A file that is being written, in memory.
pub struct File {
    writer: PcapNgWriter<Vec<u8>>,
    is_loopback: bool,
    /// The hosts whose interface is described already; their place is its number.
    interfaces: Vec<u16>,
    packets: u64,
}

impl File {
    /// A file with one section.
    pub fn new(comment: &str, is_loopback: bool) -> File {
        let version = concat!("ConnLab ", env!("CARGO_PKG_VERSION"));
        let section = SectionHeaderBlock {
            endianness: Endianness::Little,
            options: vec![
                SectionHeaderOption::Comment(Cow::Owned(comment.into())),
                SectionHeaderOption::UserApplication(version.into()),
            ],
            ..SectionHeaderBlock::default()
        };
        let writer = PcapNgWriter::with_section_header(Vec::new(), section).expect("memory takes all bytes");
        File { writer, is_loopback, interfaces: Vec::new(), packets: 0 }
    }

    /// The bytes since the last call.
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(self.writer.get_mut())
    }

    /// How many packets have been written.
    pub fn packets(&self) -> u64 {
        self.packets
    }

    /// One packet more; its interface is described before its first one.
    pub fn write(&mut self, picture: Picture) {
        let mut options = vec![EnhancedPacketOption::Flags(picture.direction as u32)];
        let comment = without_divider(&picture.comment);
        if !comment.is_empty() {
            options.push(EnhancedPacketOption::Comment(comment.into()));
        }
        let block = EnhancedPacketBlock {
            interface_id: self.interface(&picture),
            timestamp: Duration::from_nanos(picture.at.as_nanos()),
            original_len: picture.bytes.len() as u32,
            data: picture.bytes.as_slice().into(),
            options,
        };
        self.writer.write_pcapng_block(block).expect("memory takes all bytes");
        self.packets += 1;
    }

    fn interface(&mut self, picture: &Picture) -> u32 {
        // On loopback all hosts are one.
        let host = if self.is_loopback { 0 } else { picture.host };
        if let Some(place) = self.interfaces.iter().position(|known| *known == host) {
            return place as u32;
        }
        let (name, what) = match (self.is_loopback, picture.is_server) {
            (true, _) => ("lo".into(), "loopback".into()),
            (false, true) => ("server".into(), format!("the server, {}", picture.address)),
            (false, false) => {
                (format!("client-{}", host + 1), format!("client host {}, {}", host + 1, picture.address))
            }
        };
        let options = vec![
            InterfaceDescriptionOption::IfName(name.into()),
            InterfaceDescriptionOption::IfDescription(what.into()),
            InterfaceDescriptionOption::IfMacAddr(hardware_address(picture.address).to_vec().into()),
            InterfaceDescriptionOption::IfTsResol(NANOSECONDS),
        ];
        let block = InterfaceDescriptionBlock { linktype: DataLink::ETHERNET, snaplen: SNAPLEN, options };
        self.writer.write_pcapng_block(block).expect("memory takes all bytes");
        self.interfaces.push(host);
        self.interfaces.len() as u32 - 1
    }
}
