package org.partyline.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.partyline.api.engine.Messages.State;

/** What the engine keeps in the store: tables, keys, and the records' forms. */
final class Records {
    static final String PERSONAS = "personas";
    static final String MEMBERSHIPS = "memberships";
    static final String RECEIVE_CHAINS = "receive-chains";
    static final String SEND_CHAINS = "send-chains";
    static final String MESSAGES = "messages";
    static final String OUTGOING = "outgoing";
    static final String FRAGMENTS = "fragments";
    static final String SEEN = "seen-locators";
    static final String UNMATCHED = "unmatched";
    static final String PARKED = "parked";
    static final String COUNTERS = "counters";

    static final byte[] ALL = {};

    private Records() {}

    /** A number as a key. */
    static byte[] key(long number) {
        return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    }

    /** Numbers and bytes as one key; the numbers have fixed lengths and only the last part varies in length. */
    static byte[] key(long number, byte[] rest) {
        return ByteBuffer.allocate(Long.BYTES + rest.length)
                .putLong(number)
                .put(rest)
                .array();
    }

    static byte[] key(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A face of this server. */
    record Persona(int id, String name, boolean current) {
        /** The wallet account: the first persona has the wallet's own. */
        String account() {
            return id == 1 ? "" : "p" + id;
        }
    }

    /**
     * A persona's place in a channel.
     *
     * @param root of {@code rootDay}, the oldest day that is kept
     * @param legacyKey of version-1 messages; null where they are not read
     * @param lastTimestamp the newest timestamp we gave out, so that ours never go back
     */
    record Membership(
            int id,
            int persona,
            String name,
            int network,
            String mode,
            int kdf,
            int timeCost,
            int memory,
            int parallelism,
            byte[] salt,
            int startDay,
            int rootDay,
            byte[] root,
            byte[] legacyKey,
            long lastTimestamp) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Membership";
        }

        Membership withRoot(int day, byte[] newRoot) {
            return new Membership(
                    id,
                    persona,
                    name,
                    network,
                    mode,
                    kdf,
                    timeCost,
                    memory,
                    parallelism,
                    salt,
                    startDay,
                    day,
                    newRoot,
                    legacyKey,
                    lastTimestamp);
        }

        Membership withTimestamp(long timestamp) {
            return new Membership(
                    id,
                    persona,
                    name,
                    network,
                    mode,
                    kdf,
                    timeCost,
                    memory,
                    parallelism,
                    salt,
                    startDay,
                    rootDay,
                    root,
                    legacyKey,
                    timestamp);
        }
    }

    /**
     * Another sender's chain.
     *
     * @param number unique in the store
     * @param session 8 bytes, the chain's local name
     * @param suite that opened its first packet
     * @param nickname as its sender gave it
     * @param opened the timestamp of its first packet: puts a sender's chains in order
     */
    record Incoming(int number, int membership, byte[] session, int suite, String nickname, long opened, byte[] chain) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Incoming";
        }

        Incoming with(byte[] newChain) {
            return new Incoming(number, membership, session, suite, nickname, opened, newChain);
        }
    }

    /** Our own running chain in a membership. */
    record Sending(int membership, byte[] session, int suite, byte[] chain) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Sending";
        }
    }

    /**
     * A message that is kept.
     *
     * @param sender nickname; empty
     * @param chain number of the chain it came on; -1 for a sealed or version-1 message
     * @param chainOpened timestamp of that chain's first packet; its own timestamp where there is no chain
     * @param sequence position of its first packet on the chain; -1 for a chain's opener and where there is no chain
     * @param sent Unix seconds, the sender's
     * @param arrived milliseconds
     * @param expires milliseconds
     * @param block height, or -1
     * @param packets their {@link PacketId}s
     * @param transactions 32 bytes each, display order
     * @param views JSON view of each packet
     * @param reading the burn message is being shown: it is gone at the next start
     */
    record Message(
            long id,
            int membership,
            boolean outgoing,
            String sender,
            boolean legacy,
            boolean burn,
            String text,
            int chain,
            long chainOpened,
            int sequence,
            long sent,
            long arrived,
            long expires,
            int block,
            boolean shown,
            List<byte[]> packets,
            List<byte[]> transactions,
            List<String> views) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Message";
        }

        Message with(int newBlock, List<byte[]> newTransactions) {
            return new Message(
                    id,
                    membership,
                    outgoing,
                    sender,
                    legacy,
                    burn,
                    text,
                    chain,
                    chainOpened,
                    sequence,
                    sent,
                    arrived,
                    expires,
                    newBlock,
                    shown,
                    packets,
                    newTransactions,
                    views);
        }

        Message asShown() {
            return new Message(
                    id,
                    membership,
                    outgoing,
                    sender,
                    legacy,
                    burn,
                    text,
                    chain,
                    chainOpened,
                    sequence,
                    sent,
                    arrived,
                    expires,
                    block,
                    true,
                    packets,
                    transactions,
                    views);
        }

        Message sealed(int newSequence, long opened, long timestamp, List<byte[]> ids, List<String> newViews) {
            return new Message(
                    id,
                    membership,
                    outgoing,
                    sender,
                    legacy,
                    burn,
                    text,
                    chain,
                    opened,
                    newSequence,
                    timestamp,
                    arrived,
                    expires,
                    block,
                    shown,
                    ids,
                    transactions,
                    newViews);
        }
    }

    /**
     * An outgoing message's way.
     *
     * @param reason why it waits or failed; empty
     * @param textBytes length of the text
     */
    record Outgoing(
            long id,
            int membership,
            State state,
            String reason,
            long queued,
            long expires,
            int ttlMinutes,
            boolean burn,
            int textBytes,
            List<Part> parts) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Outgoing";
        }

        Outgoing with(State newState, String newReason) {
            return new Outgoing(
                    id, membership, newState, newReason, queued, expires, ttlMinutes, burn, textBytes, parts);
        }

        Outgoing with(List<Part> newParts) {
            return new Outgoing(id, membership, state, reason, queued, expires, ttlMinutes, burn, textBytes, newParts);
        }

        Outgoing with(int index, Part part) {
            List<Part> changed = new ArrayList<>(parts);
            changed.set(index, part);
            return with(changed);
        }

        /** Whether a node may have got any of it. */
        boolean left() {
            return parts.stream().anyMatch(Part::attempted);
        }

        /** The state that follows from the parts', once it is sealed. */
        State progress() {
            State least = State.CONFIRMED;
            for (Part part : parts) {
                if (part.state().ordinal() < least.ordinal()) {
                    least = part.state();
                }
            }
            return least;
        }
    }

    /**
     * One packet of an outgoing message.
     *
     * @param state SEALED, BROADCAST, SEEN or CONFIRMED
     * @param attempted set before the transaction is handed to a node for the first time
     * @param raw the signed transaction; null before
     * @param transaction its id; null before
     * @param wallet that signed; empty
     * @param node it went in by; empty
     * @param tried when it was last handed to a node, in milliseconds
     */
    record Part(
            byte[] packet,
            State state,
            boolean attempted,
            byte[] raw,
            byte[] transaction,
            int vsize,
            long fee,
            String wallet,
            String node,
            long tried) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Part";
        }

        static Part of(byte[] packet) {
            return new Part(packet, State.SEALED, false, null, null, 0, 0, "", "", 0);
        }

        Part signed(byte[] newRaw, byte[] id, int newVsize, long newFee, String newWallet) {
            return new Part(packet, state, false, newRaw, id, newVsize, newFee, newWallet, node, tried);
        }

        Part unsigned() {
            return of(packet);
        }

        Part attempt(String newNode, long now) {
            return new Part(packet, state, true, raw, transaction, vsize, fee, wallet, newNode, now);
        }

        Part with(State newState) {
            return new Part(packet, newState, attempted, raw, transaction, vsize, fee, wallet, node, tried);
        }
    }

    /** A piece of a message that is not whole yet. */
    record Fragment(
            int index,
            int count,
            int messageId,
            boolean burn,
            long timestamp,
            int ttlMinutes,
            byte[] body,
            String sender,
            int chain,
            long chainOpened,
            int sequence,
            long arrived,
            int block,
            byte[] packet,
            byte[] transaction,
            String view) {
        /** Shows nothing of what it holds. */
        @Override
        public String toString() {
            return "Fragment";
        }
    }
}
