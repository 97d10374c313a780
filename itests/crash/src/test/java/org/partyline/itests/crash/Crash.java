package org.partyline.itests.crash;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;
import org.partyline.itests.harness.Wait;

/** Makes a server end, or wait, at a point, and checks its packets afterwards. */
final class Crash {
    /** Called by a command through which a test arms a server. */
    static final String COMMAND = "suites.SuiteRegistry#list";

    static final String SEND = "messages.MessageService#send";
    private static final String POINTS = "etc/points";

    private Crash() {}

    /**
     * Starts a server with a node and a wallet.
     *
     * @param coins of 50,000 sat
     * @param arming type and method, after {@code org.partyline.}: points have no effect before it is called
     * @param points where it can be made to end or to wait
     */
    static Operator server(RegtestNode node, String nickname, int coins, String arming, List<Point> points)
            throws IOException {
        String wallet = nickname.toLowerCase(Locale.ROOT);
        node.createWallet(wallet, coins, 50_000);
        letBundlesSeeByteman();
        PartylineServer server = PartylineServer.create(wallet);
        prepare(server, arming, points);
        Operator operator = new Operator(server.start());
        operator.setUp(nickname);
        operator.addNode(node, wallet, "zmq=" + node.zmq());
        return operator;
    }

    /** Starts a server and waits until it can send. */
    static void restart(Operator operator) {
        operator.server().start();
        operator.unlock();
        operator.awaitNode("ready");
    }

    /** Ends servers and their node; null ones were never started. */
    static void end(RegtestNode node, Operator... operators) {
        for (Operator operator : operators) {
            if (operator != null) {
                operator.server().close();
            }
        }
        if (node != null) {
            node.close();
        }
    }

    /** A rule's code runs inside the class that it applies to, so that class's bundle must see Byteman. */
    private static void letBundlesSeeByteman() throws IOException {
        Path config = PartylineServer.distribution().resolve("etc/config.properties");
        String text = Files.readString(config);
        String marker = "org.osgi.framework.bootdelegation = \\\n";
        assertTrue(text.contains(marker), "the container's configuration has changed its form");
        String seen = marker + "    org.jboss.byteman.*, \\\n";
        if (!text.contains(seen)) {
            Files.writeString(config, text.replace(marker, seen));
        }
    }

    private static void prepare(PartylineServer server, String arming, List<Point> points) throws IOException {
        Path files = Files.createDirectories(server.home().resolve(POINTS));
        StringBuilder rules = new StringBuilder(Point.arming(arming, files));
        points.stream().distinct().forEach(point -> rules.append(point.rules(end(server, point), gate(server, point))));
        Path script = Files.writeString(server.home().resolve("etc/crash.btm"), rules);
        String jar = System.getProperty("byteman");
        server.javaOptions("-javaagent:" + jar + "=script:" + script + ",boot:" + jar);
    }

    private static Path end(PartylineServer server, Point point) {
        return server.home().resolve(POINTS).resolve(point.slug() + ".end");
    }

    private static Path gate(PartylineServer server, Point point) {
        return server.home().resolve(POINTS).resolve(point.slug() + ".gate");
    }

    /** Makes a server, once armed, end when it reaches a point from now on. */
    static void arm(PartylineServer server, Point point) throws IOException {
        Files.createFile(end(server, point));
    }

    /** Makes a server, once armed, wait when it reaches a point from now on, until the test continues. */
    static void arm(PartylineServer server, Point point, Gate gate) throws IOException {
        gate.write(gate(server, point));
    }

    /** Arms a server by {@link #COMMAND}. */
    static void armNow(PartylineServer server, Point point) throws IOException {
        arm(server, point);
        server.json("suite-list");
    }

    /** Waits until a server has ended at the point that it was armed for. */
    static void awaitEnd(PartylineServer server, Point point) {
        Wait.until("killed where " + point, () -> !server.isRunning());
        assertTrue(Files.notExists(end(server, point)), () -> "it ended, but not where " + point);
    }

    /**
     * Checks that no packet, and no locator, that servers sent is in two transactions.
     *
     * @return the number of packets
     */
    static int packetsOfWhichNoneIsThereTwice(RegtestNode node, PartylineServer... servers) {
        Set<String> transactions = new LinkedHashSet<>(node.mempool());
        for (PartylineServer server : servers) {
            Operator.elements(server.json("outbox", "--all").get("outbox"))
                    .flatMap(message -> Operator.elements(message.get("parts")))
                    .filter(part -> part.hasNonNull("transaction"))
                    .forEach(part -> transactions.add(part.get("transaction").asText()));
        }
        Map<String, String> packets = new HashMap<>();
        int carried = 0;
        for (String transaction : transactions) {
            for (JsonNode output : node.transaction(transaction).get("vout")) {
                String script = output.get("scriptPubKey").get("hex").asText();
                if (!script.startsWith("6a")) {
                    continue;
                }
                String packet = script.substring(script.startsWith("6a4c") ? 6 : 4);
                String before = packets.putIfAbsent(packet.substring(2, 18), packet);
                assertNull(before, "a packet, or its chain position, stands in two transactions");
                carried++;
            }
        }
        return carried;
    }
}
