package org.partyline.itests.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;
import org.partyline.networkpolicy.SocksServer;

/**
 * RPC and ZMQ of a real node through a SOCKS server: unresolved names, a circuit for each node, waiting while it is
 * down.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
class SocksIT {
    private static final String PASSPHRASE = "correct horse battery staple";

    @Test
    void aServerTalksThroughAProxyWithACircuitForEachNode() {
        try (RegtestNode node = RegtestNode.start(true, 100_000);
                SocksServer socks = new SocksServer();
                PartylineServer server = PartylineServer.create("carol")) {
            int zmqPort = Integer.parseInt(node.zmq().substring(node.zmq().lastIndexOf(':') + 1));
            for (String name : List.of("onecorenode.onion", "twocorenode.onion")) {
                socks.knows(name + ":18443", node.url().getPort()).knows(name + ":28332", zmqPort);
            }
            node.createWallet("carol", 20, 50_000);
            Operator carol = new Operator(server.start());
            carol.setUp("Carol");
            carol.addNode(
                    node.cookieFile(),
                    URI.create("http://onecorenode.onion:18443"),
                    "carol",
                    "zmq=tcp://onecorenode.onion:28332",
                    "proxy=" + socks.address());
            server.json(
                    "node-add",
                    "second",
                    "--type",
                    "rpc",
                    "--network",
                    "regtest",
                    "--url",
                    "http://twocorenode.onion:18443",
                    "--cookie-file",
                    node.cookieFile().toString(),
                    "--zmq",
                    "tcp://twocorenode.onion:28332",
                    "--proxy",
                    socks.address());
            Wait.until("both hear by ZMQ", () -> {
                // It counts as received once something was sent.
                node.sendPayload(new byte[] {1, 2, 3});
                return byZmq(server, Operator.NODE) && byZmq(server, "second");
            });

            node.split(300);
            // 300 transactions are read in batches, three at a time, over persistent connections.
            List<String> strangers = java.util.stream.IntStream.range(0, 300)
                    .mapToObj(
                            i -> node.sendPayload(("stranger " + i).getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                    .toList();
            assertEquals(300, strangers.size());
            carol.createChannel("hidden", PASSPHRASE, "--kdf", "PBKDF2_SHA256");
            long message = carol.send("hidden", "through the proxy");
            carol.awaitState(message, "relayed");
            node.mine(1);
            carol.awaitState(message, "in a block");

            assertTrue(socks.asked().stream().allMatch(SocksServer.Asked::name), socks.asked()::toString);
            assertEquals(1, logins(socks, "onecorenode.onion").size());
            assertEquals(1, logins(socks, "twocorenode.onion").size());
            assertTrue(logins(socks, "onecorenode.onion").stream()
                    .noneMatch(logins(socks, "twocorenode.onion")::contains));
            assertTrue(
                    socks.asked().size() < 40,
                    () -> "connections are kept: " + socks.asked().size());
            assertEquals(
                    "proxy " + socks.address(),
                    status(server, "second").get("route").asText());

            socks.fail();
            Wait.until(
                    "it says that the proxy is down",
                    () -> status(server, "second")
                            .get("detail")
                            .asText()
                            .contains("the SOCKS proxy " + socks.address() + " does not answer"));
            long waiting = carol.send("hidden", "later");
            socks.recover();
            carol.awaitState(waiting, "relayed");
        }
    }

    private static List<String> logins(SocksServer socks, String host) {
        return socks.asked().stream()
                .filter(asked -> asked.host().equals(host))
                .map(asked -> asked.user() + ":" + asked.password())
                .distinct()
                .toList();
    }

    private static boolean byZmq(PartylineServer server, String node) {
        return status(server, node).get("notifications").asText().equals("zmq");
    }

    private static JsonNode status(PartylineServer server, String node) {
        return server.json("node-status", node).get("nodes").get(0);
    }
}
