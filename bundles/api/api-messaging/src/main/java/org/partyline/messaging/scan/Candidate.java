package org.partyline.messaging.scan;

import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.transport.BlockRef;

/**
 * An OP_RETURN payload that may be ours, and where it was seen.
 *
 * @param network the network's code
 * @param payload the data
 * @param transaction 32 bytes, display order
 * @param block encoded, or null for the mempool
 * @param arrived when it arrived, in milliseconds since 1970
 * @param node the node that reported it
 */
public record Candidate(
        int network,
        byte[] payload,
        byte[] transaction,
        @Nullable String block,
        long arrived,
        String node) {
    public static Candidate of(
            Network network, byte[] payload, TxId transaction, Optional<BlockRef> block, Instant now, String node) {
        return new Candidate(
                network.code(),
                payload,
                transaction.bytes(),
                block.map(BlockRef::encode).orElse(null),
                now.toEpochMilli(),
                node);
    }

    public PacketId id() {
        return PacketId.of(network, payload);
    }

    /** Identifies candidates in the sealed queue: by the packet and by its block, whose time is then used. */
    public byte[] name() {
        byte[] hash = id().hash();
        Optional<BlockRef> in = inBlock();
        if (in.isEmpty()) {
            return java.util.Arrays.copyOf(hash, hash.length + 1);
        }
        byte[] name = java.util.Arrays.copyOf(hash, hash.length + 1 + TxId.LENGTH);
        name[hash.length] = 1;
        System.arraycopy(in.get().hash().bytes(), 0, name, hash.length + 1, TxId.LENGTH);
        return name;
    }

    public Network onNetwork() {
        return Network.ofCode(network).orElseThrow();
    }

    public Optional<BlockRef> inBlock() {
        return Optional.ofNullable(block).map(BlockRef::parse);
    }

    /** The same as if seen in the mempool. */
    public Candidate outOfBlock() {
        return block == null ? this : new Candidate(network, payload, transaction, null, arrived, node);
    }

    /** The time that its timestamp is checked against (PROTOCOL 2.3). */
    public Instant reference() {
        return inBlock().map(BlockRef::time).orElse(Instant.ofEpochMilli(arrived));
    }

    /** The day, since 1970-01-01 UTC, of {@link #reference}. */
    public int day() {
        return (int) Math.floorDiv(reference().getEpochSecond(), 86_400L);
    }

    /** Does not show the contents. */
    @Override
    public String toString() {
        return "Candidate";
    }
}
