package org.partyline.itests.crash;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.partyline.itests.harness.Operator;
import org.partyline.itests.harness.RegtestNode;

/**
 * A transaction that waits for a block, according to a node.
 *
 * @param inputs the coins that it spends
 * @param payloads the data of its OP_RETURN outputs, in hex
 * @param paid its fee and size
 */
record Waiting(String txid, List<String> inputs, List<String> payloads, RegtestNode.Paid paid) {
    /** The increment that both kinds of node require for a replacement, in satoshi for 1,000 virtual bytes. */
    private static final long INCREMENT = 100;

    /** Returns empty if the node no longer has it, or has it in a block. */
    static Optional<Waiting> find(RegtestNode node, String txid) {
        try {
            return node.waiting(txid).map(paid -> new Waiting(txid, inputs(node, txid), payloads(node, txid), paid));
        } catch (IllegalStateException e) {
            // It was replaced between two requests.
            return Optional.empty();
        }
    }

    /** Returns all of a node. */
    static List<Waiting> all(RegtestNode node) {
        List<Waiting> all = new ArrayList<>();
        node.mempool().forEach(txid -> find(node, txid).ifPresent(all::add));
        return all;
    }

    static List<String> inputs(RegtestNode node, String txid) {
        return Operator.elements(node.transaction(txid).get("vin"))
                .map(in -> in.get("txid").asText() + ":" + in.get("vout").asInt())
                .toList();
    }

    private static List<String> payloads(RegtestNode node, String txid) {
        return Operator.elements(node.transaction(txid).get("vout"))
                .map(output -> output.get("scriptPubKey").get("hex").asText())
                .filter(script -> script.startsWith("6a"))
                .map(script -> script.substring(script.startsWith("6a4c") ? 6 : 4))
                .toList();
    }

    boolean carriesNothing() {
        return payloads.isEmpty();
    }

    /**
     * BIP125 rules 3 and 4, and a higher rate; by weight if a transaction grows. @return the satoshi that a replacement
     * must pay
     */
    long leastToReplace(int vsize) {
        return leastToReplace(paid, vsize);
    }

    static long leastToReplace(RegtestNode.Paid old, int vsize) {
        int missing = vsize > old.vsize() ? 3 : 0;
        long rate = old.fee() * (4L * vsize - missing) / (4L * old.vsize() - missing) + 1;
        return Math.max(old.fee() + (INCREMENT * vsize + 999) / 1000, rate);
    }
}
