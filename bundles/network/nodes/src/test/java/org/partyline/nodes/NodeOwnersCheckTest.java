package org.partyline.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.health.Finding;
import org.partyline.api.health.Finding.Verdict;
import org.partyline.api.transport.NodeAddresses;
import org.partyline.api.transport.Transport;

class NodeOwnersCheckTest {
    private final NodeOwnersCheck check = new NodeOwnersCheck();

    private Transport add(String name, Network network, String... addresses) {
        Transport node = (Transport) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Transport.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "name" -> name;
                    case "network" -> network;
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> throw new AssertionError(method);
                });
        check.addNode(node, Map.of(NodeAddresses.PROPERTY, addresses));
        return node;
    }

    private Finding only() {
        List<Finding> all = check.examine();
        assertEquals(1, all.size(), all::toString);
        return all.get(0);
    }

    @Test
    void nodesAtOneAddressAreOneOperators() {
        assertEquals(List.of(), check.examine());
        add("core", Network.MAINNET, "127.0.0.1:8332");
        assertEquals("mainnet: node core is on this machine, or behind a tunnel", only().what());
        add("far", Network.MAINNET, "node.example:8332");
        assertEquals(Verdict.OK, only().verdict());
        Transport peers = add("peers", Network.MAINNET, "other.example:8333", "NODE.example:8333");
        Finding together = only();
        assertEquals(Verdict.WARNING, together.verdict());
        assertTrue(
                together.what().startsWith("nodes far and peers have the same address, node.example: "),
                together.what());
        check.removeNode(peers);
        assertEquals(Verdict.OK, only().verdict());
    }

    @Test
    void aNodeThatHasTwoNamesIsToldOfAndTunnelsAreNot() {
        add("a", Network.REGTEST, "127.0.0.1:18443");
        add("b", Network.REGTEST, "127.0.0.1:18543");
        assertEquals(
                "regtest: nodes a, b are on this machine: count those without a tunnel as one operator's",
                only().what());
        add("c", Network.REGTEST, "127.0.0.1:18443");
        assertEquals("partyline:node-remove c", only().remedy());
        assertTrue(only().what().startsWith("nodes a and c are the same node, at 127.0.0.1:18443"), only().what());
    }

    @Test
    void whatIsInThisProcessAndOtherNetworksAreNotHeldAgainstEachOther() {
        add("play", Network.EMBEDDED);
        assertEquals(List.of(), check.examine());
        add("main", Network.MAINNET, "[2001:db8::1]:8332");
        add("test", Network.TESTNET4, "[2001:db8::1]:48332");
        assertTrue(check.examine().stream().allMatch(finding -> finding.verdict() == Verdict.OK));
        add("main2", Network.MAINNET, "[2001:DB8::1]:8333");
        assertEquals(
                1,
                check.examine().stream()
                        .filter(finding -> finding.verdict() == Verdict.WARNING)
                        .count());
    }
}
