package org.partyline.itests.crash;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.PartylineServer;
import org.partyline.itests.harness.RegtestNode;

/** How a server is made to end at a point, and what must be true of its packets afterwards. */
final class Crash {
    private Crash() {}

    /** A server with a node of its own wallet, that can be made to end. @param coins of 50,000 sat */
    static Operator server(RegtestNode node, String nickname, int coins) throws IOException {
        String wallet = nickname.toLowerCase(Locale.ROOT);
        node.createWallet(wallet, coins, 50_000);
        Operator operator = new Operator(PartylineServer.create(wallet).start());
        operator.setUp(nickname);
        operator.addNode(node, wallet, "zmq=" + node.zmq());
        operator.server().stop();
        prepare(operator.server());
        restart(operator);
        return operator;
    }

    /** Starts a server and waits until it can send. */
    static void restart(Operator operator) {
        operator.server().start();
        operator.unlock();
        operator.awaitNode("READY");
    }

    /** Ends servers and their node; null ones never began. */
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

    /** A rule's code runs inside the class it is set in, so that class's bundle must see Byteman. @param server stopped */
    static void prepare(PartylineServer server) throws IOException {
        Path config = server.home().resolve("etc/config.properties");
        String text = Files.readString(config);
        String marker = "org.osgi.framework.bootdelegation = \\\n";
        assertTrue(text.contains(marker), "the container's configuration has changed its form");
        Files.writeString(config, text.replace(marker, marker + "    org.jboss.byteman.*, \\\n"));
    }

    /**
     * From its next start on a server ends at a point, once a method was called.
     *
     * @param armingType its class, after {@code org.partyline.}
     */
    static void arm(PartylineServer server, Point point, String armingType, String armingMethod) throws IOException {
        arm(server, point, armingType, armingMethod, Point.END);
    }

    /** The same for a server that waits at the point until the test goes on. */
    static void arm(PartylineServer server, Point point, String armingType, String armingMethod, Gate gate)
            throws IOException {
        arm(server, point, armingType, armingMethod, gate.action());
    }

    private static void arm(PartylineServer server, Point point, String armingType, String armingMethod, String action)
            throws IOException {
        Path rules = server.home().resolve("crash.btm");
        Files.writeString(rules, point.rules("org.partyline." + armingType, armingMethod, action));
        String jar = System.getProperty("byteman");
        server.javaOptions("-javaagent:" + jar + "=script:" + rules + ",boot:" + jar);
    }

    /**
     * Checks that no packet, and no locator, of what servers sent stands in two transactions.
     *
     * @return how many packets there are
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
