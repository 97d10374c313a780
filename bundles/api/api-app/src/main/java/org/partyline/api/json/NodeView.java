package org.partyline.api.json;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.transport.BlockRef;

/** A node as {@code --json} shows it. */
public record NodeView(
        String name,
        String type,
        String network,
        boolean paused,
        String state,
        @Nullable String detail,
        @Nullable String software,
        @Nullable Integer height,
        @Nullable String block,
        @Nullable String blockTime,
        @Nullable Integer mempoolTransactions,
        @Nullable Long latencyMs,
        @Nullable String notifications,
        @Nullable String route,
        @Nullable Integer peers,
        int maxPayloadBytes,
        int maxOutputs,
        int maxScriptBytes,
        BigDecimal relayFloorSatPerVb,
        BigDecimal incrementSatPerVb,
        long transactionsReceived,
        long packetsFound,
        BigDecimal packetsShare,
        long transactionsCompared,
        long transactionsWithheld,
        long oursWithheld,
        @Nullable String quarantine,
        @Nullable String quarantineReason,
        @Nullable String quarantinedSince) {
    /** @param node as the engine reports it */
    public static NodeView of(Node node) {
        Optional<BlockRef> tip = node.status().tip();
        int mempool = node.status().mempoolSize();
        return new NodeView(
                node.name(),
                node.type(),
                node.network().label(),
                node.paused(),
                JsonValues.word(node.status().state()),
                JsonValues.orNull(node.status().detail()),
                JsonValues.orNull(node.status().software()),
                tip.map(BlockRef::height).orElse(null),
                tip.map(block -> block.hash().toString()).orElse(null),
                JsonValues.iso(tip.map(BlockRef::time)),
                mempool < 0 ? null : mempool,
                node.status().latency().map(latency -> latency.toMillis()).orElse(null),
                JsonValues.orNull(node.status().notifications()),
                JsonValues.orNull(node.status().route()),
                node.status().peers().isPresent() ? node.status().peers().getAsInt() : null,
                node.policy().maxPayload(),
                node.policy().maxOutputs(),
                node.policy().maxScriptBytes(),
                JsonValues.satPerVb(node.policy().minRelayFee()),
                JsonValues.satPerVb(node.policy().incrementalFee()),
                node.transactionsReceived(),
                node.packetsFound(),
                BigDecimal.valueOf(node.share()).setScale(3, RoundingMode.HALF_UP),
                node.shown().compared(),
                node.shown().withheld(),
                node.shown().withheldOurs(),
                node.quarantine().map(held -> JsonValues.word(held.fault())).orElse(null),
                node.quarantine().map(Nodes.Quarantine::reason).orElse(null),
                JsonValues.iso(node.quarantine().map(Nodes.Quarantine::since)));
    }
}
