package org.partyline.itests.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.itests.harness.NeedsNode;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.ShowLogs;
import org.partyline.itests.harness.Wait;
import org.partyline.networkpolicy.SocksServer;

/**
 * A server that must use a proxy, in a network whose only exit is that proxy: not one packet uses another route, at the
 * start, while it reads, sends and receives, and when node, proxy or settings fail.
 */
@ExtendWith({NeedsNode.class, ShowLogs.class})
class LeakIT {
    private static final String ONION = "partylineexamplenode.onion";
    private static final String PEER_ONION = "partylineexamplepeer.onion";
    private static final String HOOK_ONION = "partylineexamplehook.onion";
    private static final String PASSPHRASE = "correct horse battery staple";
    private static final String PROXY = "127.0.0.1:" + Sandbox.PROXY_PORT;

    @TempDir
    Path directory;

    @Test
    void nothingLeavesButThroughTheProxyWhateverHappens() {
        Optional<String> missing = Sandbox.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        try (RegtestNode node = RegtestNode.start(true, 100_000);
                SocksServer socks = new SocksServer();
                PartylineServer alices = PartylineServer.create("alice");
                PartylineServer bobs = PartylineServer.create("bob");
                Sandbox sandbox = new Sandbox(directory, socks.port())) {
            run(node, socks, alices, bobs, sandbox, directory);
        }
    }

    private static void run(
            RegtestNode node,
            SocksServer socks,
            PartylineServer alices,
            PartylineServer bobs,
            Sandbox sandbox,
            Path files) {
        String rpc = ONION + ":18443";
        String zmq = ONION + ":28332";
        int zmqPort = Integer.parseInt(node.zmq().substring(node.zmq().lastIndexOf(':') + 1));
        socks.knows(rpc, node.url().getPort()).knows(zmq, zmqPort);
        NetworkSettingsFile network = new NetworkSettingsFile(alices);
        network.write(PROXY, "true");
        node.createWallet("alice", 20, 50_000);
        node.createWallet("bob", 20, 50_000);

        // Start.
        alices.inside(sandbox.enter()).start();
        Operator alice = new Operator(alices);
        alice.setUp("Alice");
        nothingLeft(sandbox, "the start");

        // Sync, by names that only the proxy knows.
        alice.addNode(node.cookieFile(), java.net.URI.create("http://" + rpc), "alice", "zmq=tcp://" + zmq);
        Wait.until("Alice hears by ZMQ", () -> {
            // It counts as received once something was sent.
            node.sendPayload(new byte[] {1, 2, 3});
            return alice.nodeStatus().get("notifications").asText().equals("zmq");
        });
        assertEquals("proxy " + PROXY, alice.nodeStatus().get("route").asText());
        assertTrue(socks.asked().stream().allMatch(SocksServer.Asked::name), socks.asked()::toString);
        assertEquals(
                1,
                socks.asked().stream().map(SocksServer.Asked::user).distinct().count());
        nothingLeft(sandbox, "the reading of chain and mempool");

        // The same over Bitcoin's own protocol, from a peer that only the proxy knows; on a separate circuit.
        String peer = PEER_ONION + ":18444";
        socks.knows(peer, Integer.parseInt(node.peer().substring(node.peer().lastIndexOf(':') + 1)));
        addAway(alices, "peers", "bitcoinj", "peers=" + peer, "network=regtest", "ask-mempool=always", "wallet=none");
        JsonNode peers = awaitState(alices, "peers", "ready");
        assertEquals("proxy " + PROXY, peers.get("route").asText());
        assertTrue(socks.asked().stream().allMatch(SocksServer.Asked::name), socks.asked()::toString);
        assertEquals(
                2,
                socks.asked().stream().map(SocksServer.Asked::user).distinct().count());
        nothingLeft(sandbox, "the reading of chain and mempool from a peer");

        // Send and receive.
        Operator bob = new Operator(bobs.start());
        bob.setUp("Bob");
        bob.addNode(node, "bob", "zmq=" + node.zmq());
        String invite = alice.createChannel("hidden", PASSPHRASE, "--kdf", "PBKDF2_SHA256");
        bob.join(invite, PASSPHRASE);
        alice.send("hidden", "from behind the proxy");
        bob.awaitText("hidden", "from behind the proxy");
        bob.send("hidden", "to behind the proxy");
        alice.awaitText("hidden", "to behind the proxy");
        nothingLeft(sandbox, "messages both ways");
        long byPeer = alice.send("hidden", "to a peer behind the proxy", "--via", "peers");
        bob.awaitText("hidden", "to a peer behind the proxy");
        alice.awaitState(byPeer, "relayed");
        alices.json("node-pause", Operator.NODE);
        bob.send("hidden", "from a peer behind the proxy");
        alice.awaitText("hidden", "from a peer behind the proxy");
        node.mine(1);
        alice.awaitState(byPeer, "in a block");
        alices.json("node-resume", Operator.NODE);
        alice.awaitNode("ready");
        nothingLeft(sandbox, "messages both ways by a peer");

        // The nodes become unreachable.
        socks.forget(rpc);
        socks.forget(peer);
        awaitDetail(alices, Operator.NODE, "cannot reach " + rpc);
        assertEquals("unreachable", alice.nodeStatus().get("state").asText());
        awaitDetail(alices, "peers", "cannot reach " + peer);
        socks.knows(rpc, node.url().getPort());
        socks.knows(peer, Integer.parseInt(node.peer().substring(node.peer().lastIndexOf(':') + 1)));
        alice.awaitNode("ready");
        awaitState(alices, "peers", "ready");
        nothingLeft(sandbox, "the node's failure");

        // The proxy is gone: the server waits, and reports that.
        sandbox.closeProxy();
        socks.fail();
        Wait.until(
                "Alice's server says what is wrong",
                () -> alice.nodeStatus()
                        .get("detail")
                        .asText()
                        .contains("the SOCKS proxy " + PROXY + " does not answer"));
        awaitDetail(alices, "peers", "the SOCKS proxy " + PROXY + " does not answer");
        long waiting = alice.send("hidden", "when the proxy is back");
        assertFalse(List.of("sent", "relayed", "in a block")
                .contains(alice.outgoing(waiting).get("state").asText()));
        nothingLeft(sandbox, "the proxy's failure");

        // A node that requires none, and names and addresses without one.
        String cookie = "cookie-file=" + node.cookieFile();
        addAway(
                alices,
                "direct",
                "rpc",
                "url=http://192.0.2.7:8332",
                cookie,
                "proxy=none",
                "allow-remote-plaintext=true");
        addAway(alices, "named", "rpc", "url=https://core.example.org:8332", cookie, "proxy=none");
        addAway(
                alices,
                "zmq",
                "rpc",
                "url=http://127.0.0.1:1",
                cookie,
                "zmq=tcp://core.example.org:28332",
                "proxy=none",
                "allow-remote-plaintext=true");
        addAway(
                alices,
                "directpeers",
                "bitcoinj",
                "peers=192.0.2.8:8333,peer.example.org:8333",
                "proxy=none",
                "allow-remote-plaintext=true");
        addAway(alices, "seeds", "bitcoinj", "discovery=true", "proxy=none", "allow-remote-plaintext=true");
        addAway(alices, "seedsbyproxy", "bitcoinj", "discovery=true");
        for (String name : List.of("direct", "named", "directpeers")) {
            awaitDetail(alices, name, "proxy=none is forbidden");
        }
        nothingLeft(sandbox, "nodes that want no proxy");

        // Commands that take a URL, or the name of another computer.
        for (String host : List.of("192.0.2.9", "repository.example.org")) {
            UrlCommands.to(host, 8080, files).keySet().forEach(line -> alices.type(UrlCommands.typed(line)));
        }
        nothingLeft(sandbox, "commands that take a URL");

        // Invalid settings, and missing ones.
        network.write("localhost", "true");
        Wait.until(
                "settings that cannot be let nothing out",
                () -> alice.nodeStatus().get("detail").asText().contains("proxy = 'localhost'"));
        network.write("", "true");
        Wait.until(
                "no proxy lets nothing out",
                () -> alice.nodeStatus().get("detail").asText().contains("there is no proxy"));
        alices.type("bundle:stop org.partyline.network-policy");
        Wait.until(
                "no policy lets nothing out",
                () -> alice.nodeStatus().get("detail").asText().contains("the network policy is not running"));
        nothingLeft(sandbox, "settings that cannot be, or are away");

        // All works again, and waiting messages leave.
        alices.type("bundle:start org.partyline.network-policy");
        network.write(PROXY, "true");
        socks.recover();
        sandbox.openProxy();
        bob.awaitText("hidden", "when the proxy is back");
        nothingLeft(sandbox, "the proxy's return");

        // A restart with settings that were edited while it was off.
        alices.stop();
        alices.start();
        alice.unlock();
        alice.awaitNode("ready");
        awaitState(alices, "peers", "ready");
        nothingLeft(sandbox, "a restart");

        // Checks the counter: the same machine lets packets of other programs out.
        sandbox.run("getent", "hosts", "core.example.org");
        assertTrue(sandbox.packets() > 0, "a question to a name server is seen");
    }

    private static String hookProblem(PartylineServer server, String hook) {
        return Operator.elements(server.json("hook-list").get("hooks"))
                .filter(one -> one.get("name").asText().equals(hook))
                .findFirst()
                .orElseThrow()
                .get("failure")
                .asText();
    }

    @Test
    void aWebHookIsPostedThroughTheProxyWhichAloneKnowsItsName() throws IOException {
        Optional<String> missing = Sandbox.missing();
        assumeTrue(missing.isEmpty(), () -> missing.orElse(""));
        List<String> posted = new CopyOnWriteArrayList<>();
        HttpServer receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/", exchange -> {
            posted.add(exchange.getRequestHeaders().getFirst("Host") + exchange.getRequestURI() + " "
                    + new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        receiver.start();
        try (SocksServer socks = new SocksServer();
                PartylineServer server = PartylineServer.create("hooks");
                Sandbox sandbox = new Sandbox(directory, socks.port())) {
            socks.knows(HOOK_ONION + ":80", receiver.getAddress().getPort());
            new NetworkSettingsFile(server).write(PROXY, "true");
            server.inside(sandbox.enter()).start();
            new Operator(server).setUp("Alice");
            server.json("persona-create", "Bob");
            server.json("hook-add", "onion", "--url", "http://" + HOOK_ONION + "/hook");
            server.json("hook-add", "named", "--url", "https://hooks.example.org/hook");
            server.json("hook-add", "numbered", "--url", "https://192.0.2.9/hook");
            server.json(
                    "contact-add",
                    server.json("persona-card", "Bob", "--network", "regtest")
                            .get("card")
                            .asText(),
                    "--persona",
                    "Alice",
                    "--name",
                    "bob");
            Wait.until(
                    "the hook is called", () -> posted.stream().anyMatch(one -> one.contains("\"type\":\"contact\"")));
            assertTrue(
                    posted.stream().allMatch(one -> one.startsWith(HOOK_ONION + "/hook {") && !one.contains("bob")),
                    posted::toString);
            Wait.until(
                    "the other addresses are asked for",
                    () -> socks.asked().stream()
                            .map(SocksServer.Asked::host)
                            .toList()
                            .containsAll(List.of("hooks.example.org", "192.0.2.9")));
            // Each name is passed on unresolved, and each hook uses a separate circuit.
            assertTrue(
                    socks.asked().stream()
                            .allMatch(asked -> asked.name() != asked.host().equals("192.0.2.9")),
                    socks.asked()::toString);
            assertEquals(
                    3,
                    socks.asked().stream()
                            .map(SocksServer.Asked::user)
                            .distinct()
                            .count());
            nothingLeft(sandbox, "the posting of events");

            // Without the proxy it waits, and reports that.
            sandbox.closeProxy();
            socks.fail();
            server.json("contact-rename", "bob", "robert", "--persona", "Alice");
            Wait.until(
                    "the hook says what is wrong",
                    () -> hookProblem(server, "onion").contains("the SOCKS proxy " + PROXY + " does not answer"));
            nothingLeft(sandbox, "the proxy's failure");
            socks.recover();
            sandbox.openProxy();
            int before = posted.size();
            server.json("hook-redeliver", "onion");
            Wait.until("the hook is called again", () -> posted.size() > before);
            nothingLeft(sandbox, "the proxy's return");

            // Checks the counter.
            sandbox.run("getent", "hosts", "hooks.example.org");
            assertTrue(sandbox.packets() > 0, "a question to a name server is seen");
        } finally {
            receiver.stop(0);
        }
    }

    private static void addAway(PartylineServer server, String name, String type, String... settings) {
        List<String> words = new java.util.ArrayList<>(List.of("node-add", name, "--type", type));
        for (String setting : settings) {
            words.addAll(List.of("--set", setting));
        }
        server.json(words.toArray(String[]::new));
    }

    private static JsonNode awaitState(PartylineServer server, String node, String state) {
        return Wait.forAnswer(
                "node " + node + " in state " + state,
                () -> Optional.of(status(server, node))
                        .filter(status -> status.get("state").asText().equals(state)));
    }

    private static void awaitDetail(PartylineServer server, String node, String words) {
        Wait.until(
                "node " + node + " says: " + words,
                () -> status(server, node).get("detail").asText().contains(words));
    }

    private static JsonNode status(PartylineServer server, String node) {
        JsonNode document = server.json("node-status", node);
        return document.has("state") ? document : document.get("nodes").get(0);
    }

    private static void nothingLeft(Sandbox sandbox, String what) {
        assertEquals(0, sandbox.packets(), "packets that wanted to leave by another way, up to " + what);
    }
}
