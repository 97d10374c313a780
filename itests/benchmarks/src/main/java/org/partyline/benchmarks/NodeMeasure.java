package org.partyline.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.partyline.itests.harness.RegtestNode;

/** The measurements on a regtest node: bcoin, or the Bitcoin Core named by {@code -Dbitcoind=PATH}. */
final class NodeMeasure {
    static final String TRANSPORT = "org.partyline.transport.rpc";

    private NodeMeasure() {}

    static List<Figure> run(Effort effort, Work work, Path distribution) throws Exception {
        List<Figure> figures = new ArrayList<>();
        try (RegtestNode node = RegtestNode.start(false)) {
            figures.addAll(new ReadingMeasure(effort, node).run(distribution, work.newDirectory("reading")));
        }
        try (RegtestNode node = RegtestNode.start(true)) {
            figures.addAll(new InboxMeasure(effort, node, distribution, work).run());
        }
        return figures;
    }

    /** Returns the settings of an RPC node as in its file. @param wallet empty to only receive */
    static Map<String, Object> settings(RegtestNode node, String wallet) {
        return Map.of(
                "name",
                "regtest",
                "network",
                "regtest",
                "url",
                node.url().toString(),
                "cookie-file",
                node.cookieFile().toString(),
                "wallet",
                wallet,
                "zmq",
                node.zmq());
    }

    /** Returns the name of the node in the figures. */
    static String program() {
        return System.getProperty(RegtestNode.BITCOIND, "").isEmpty() ? "bcoin" : "Bitcoin Core";
    }
}
