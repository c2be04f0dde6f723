//! Hosts: each a kernel, and the programs on it.
//!
//! A client host calls and listens to nobody, a server host listens and calls nobody; a proxy is a host that does both.

use std::net::Ipv4Addr;
use std::ops::{Index, IndexMut, Range};

use super::client::Client;
use super::processors::Processors;
use super::server::Server;
use super::tcp::input_queue::InputQueue;
use super::tcp::listener::Listener;
use super::tcp::ports::PortTable;
use super::tcp::time_wait::TimeWaitTable;
use crate::params::Params;

/// Names a host: its place in [`Hosts`].
pub type HostId = u16;

/// A host.
#[derive(Clone, Debug)]
pub struct Host {
    /// What its kernel keeps, besides connections.
    pub kernel: Kernel,
    /// The program that calls.
    pub client: Client,
    /// The program that answers.
    pub server: Server,
    /// What both run on.
    pub processors: Processors,
}

impl Host {
    /// A host with this many local ports.
    fn new(ports: u32) -> Host {
        let kernel = Kernel {
            ports: PortTable::new(ports),
            listener: Listener::default(),
            time_wait: TimeWaitTable::default(),
            input_queue: InputQueue::default(),
        };
        Host { kernel, client: Client::default(), server: Server::default(), processors: Processors::default() }
    }
}

/// What the kernel of a host keeps, besides connections.
#[derive(Clone, Debug)]
pub struct Kernel {
    /// Local ports of the connections it begins.
    pub ports: PortTable,
    /// The socket on which it is asked for connections.
    pub listener: Listener,
    /// Its TIME_WAITs whose port is not its own to choose, and its orphans.
    pub time_wait: TimeWaitTable,
    /// Packets that have come and are not taken up yet.
    pub input_queue: InputQueue,
}

/// All hosts of a run: first those of the clients, then those of the servers.
#[derive(Clone, Debug)]
pub struct Hosts {
    list: Vec<Host>,
    /// How many of them are clients'.
    clients: HostId,
}

impl Hosts {
    /// The hosts of a run: as many clients as the parameters say, and a server.
    pub fn new(params: &Params) -> Hosts {
        let clients = HostId::try_from(params.clients).expect("at most a thousand client hosts");
        let mut list = vec![Host::new(params.ports); clients.into()];
        list.push(Host::new(0));
        Hosts { list, clients }
    }

    /// The client hosts.
    pub fn clients(&self) -> &[Host] {
        &self.list[..self.clients.into()]
    }

    /// Their ids.
    pub fn client_ids(&self) -> Range<HostId> {
        0..self.clients
    }

    /// Whether it is a server's host.
    #[inline]
    pub fn is_server(&self, host: HostId) -> bool {
        host >= self.clients
    }

    /// The ids of the server hosts.
    pub fn server_ids(&self) -> Range<HostId> {
        self.clients..self.list.len() as HostId
    }

    /// All of them, to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Host> {
        self.list.iter_mut()
    }

    /// Ports of client hosts that are in TIME_WAIT.
    pub fn time_wait_of_clients(&self) -> u32 {
        self.clients().iter().map(|host| host.kernel.ports.time_wait()).sum()
    }

    /// Connections of which a server host's kernel keeps only a TIME_WAIT.
    pub fn time_wait_of_servers(&self) -> u32 {
        self.server_ids().map(|host| self[host].kernel.time_wait.len() as u32).sum()
    }

    /// The host to which the connections of a client host go. A balancer, or a name with several addresses, is decided
    /// here.
    #[inline]
    pub fn destination(&self, _client: HostId) -> HostId {
        self.clients
    }

    /// The IP address of a host.
    pub fn address(&self, params: &Params, host: HostId) -> Ipv4Addr {
        match host.checked_sub(self.clients) {
            Some(server) => server_address(params, server),
            None => client_address(params, host),
        }
    }
}

/// The IP address of the n-th client host, from 0: 10.0.0.1 to 10.0.0.250, then 10.0.2.1 and so on.
fn client_address(params: &Params, number: u16) -> Ipv4Addr {
    let (net, last) = ((number / 250) as u8, (number % 250 + 1) as u8);
    match (params.loopback, net) {
        (true, _) => Ipv4Addr::new(127, 0, net, last),
        (false, 0) => Ipv4Addr::new(10, 0, 0, last),
        (false, _) => Ipv4Addr::new(10, 0, net + 1, last),
    }
}

/// The IP address of the n-th server host, from 0: 10.0.1.1 and so on.
pub fn server_address(params: &Params, number: u16) -> Ipv4Addr {
    let net = if params.loopback { [127, 0, 0] } else { [10, 0, 1] };
    Ipv4Addr::new(net[0], net[1], net[2], number as u8 + 1)
}

impl Index<HostId> for Hosts {
    type Output = Host;

    #[inline]
    fn index(&self, host: HostId) -> &Host {
        &self.list[usize::from(host)]
    }
}

impl IndexMut<HostId> for Hosts {
    #[inline]
    fn index_mut(&mut self, host: HostId) -> &mut Host {
        &mut self.list[usize::from(host)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn client_hosts_fill_one_network_after_the_other() {
        let address = |loopback, number| client_address(&Params { loopback, ..Params::default() }, number).to_string();
        let hosts = [0, 249, 250, 499, 500];
        let networks = ["10.0.0.1", "10.0.0.250", "10.0.2.1", "10.0.2.250", "10.0.3.1"];
        assert_eq!(hosts.map(|number| address(false, number)), networks);
        let loopback = ["127.0.0.1", "127.0.0.250", "127.0.1.1", "127.0.1.250", "127.0.2.1"];
        assert_eq!(hosts.map(|number| address(true, number)), loopback);
    }
}
