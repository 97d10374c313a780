package org.partyline.session;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes;
import org.partyline.api.session.Handshakes.Ephemeral;

/**
 * One party of a session in the simplest form that PROTOCOL 5 and 6 allow: chains and KEY_UPDATE, without store,
 * network and threads. If packets of a KEY_UPDATE are lost, it continues as follows, as the protocol permits:
 *
 * <ul>
 * <li>A side begins a key exchange only after evidence that the other side has completed the last one: a packet on the
 * resulting chain, or a new key. So both refer to the same pair of keys.
 * <li>If a key was sent several times before its answer, the latest copy sent before the answer's timestamp counts.
 * <li>A side that hears the other side on its old chain two hours after the answer, and nothing on the new one yet,
 * repeats the answer on its own old chain. The first answer still counts: the other side finds its position among the
 * skipped ones.
 * <li>After 20 hours such positions are soon erased. A repeated key is then answered by a new one: messages on the
 * chain that the lost answer began are in doubt, and their sender knows it.
 * <li>Hence the old sending chain is kept until the new one is confirmed, and the private key a day longer (its salts
 * are erased, so it opens nothing by itself). An old receiving chain is read until a day after the last packet on it
 * and on the new one.
 * </ul>
 */
final class PairModel implements AutoCloseable {
    static final Network NETWORK = Network.REGTEST;

    private static final Duration DAY = Duration.ofHours(24);
    /** The minimum time between two answers: the first may be on its way. */
    private static final Duration ANSWER_AGAIN = Duration.ofHours(2);
    /** How long the same answer is repeated instead of creating a new one. */
    private static final Duration SAME_ANSWER = Duration.ofHours(20);

    private static final Handshakes HANDSHAKES = new NoiseHandshakes();
    private static final int BUCKET = 64;

    /** A sent packet: a text has a number, a KEY_UPDATE has −1. */
    record Sent(int number, String chain, int position, byte[] packet) {}

    /** A packet that was read. */
    record Opened(int number, String chain, int position) {}

    private record Unmatched(byte[] packet, Instant arrived) {}

    private record Copy(Instant sent, SecretBytes salt) {}

    private final SecureRandom random;
    private final LocatorTable table = Bundles.CHAINS.newLocatorTable();
    private final Map<Integer, Incoming> receiving = new LinkedHashMap<>();
    private final List<Unmatched> unmatched = new ArrayList<>();
    private final List<byte[]> outbox = new ArrayList<>();
    private final Set<String> keysSeen = new HashSet<>();

    final List<Sent> sent = new ArrayList<>();
    final List<Opened> opened = new ArrayList<>();
    /** Used positions, by chain: those missing below the highest are known to be lost. */
    final Map<String, TreeMap<Integer, Boolean>> used = new TreeMap<>();
    /** Chains that were given up: the other side may never have read them. */
    final Set<String> doubtful = new HashSet<>();

    /** The public keys of its KEY_UPDATEs. */
    final List<byte[]> keysSent = new ArrayList<>();

    int exchanges;
    int crossings;
    int repeats;
    int answersRepeated;
    int answersAnew;

    private Outgoing sending;
    private Outgoing old;
    private Ephemeral own;
    private boolean pending;
    private Instant ownSent;
    private Instant answered;
    private final List<Copy> copies = new ArrayList<>();
    private byte[] peerKey;
    private boolean confirmed = true;
    private Instant confirmedAt = Instant.MIN;

    private static final class Outgoing {
        final String id;
        final SendChain chain;

        Outgoing(SecretBytes chainKey, Instant now) {
            id = id(chainKey);
            chain = Bundles.CHAINS.sendSession(chainKey, now);
        }
    }

    private static final class Incoming {
        final String id;
        final int generation;
        ReceiveChain chain;
        Instant lastUsed;

        Incoming(SecretBytes chainKey, int generation, Instant now) {
            id = id(chainKey);
            this.generation = generation;
            chain = Bundles.CHAINS.receive(chainKey, now);
            lastUsed = now;
        }
    }

    PairModel(SecureRandom random, SecretBytes sendChainKey, SecretBytes receiveChainKey, Instant now) {
        this.random = random;
        sending = new Outgoing(sendChainKey, now);
        receive(receiveChainKey, now);
    }

    /** Sends a text. */
    void text(int number, Instant now) {
        post(sending, number, PacketType.TEXT, ("message " + number).getBytes(StandardCharsets.UTF_8), now);
    }

    /** Takes the packets to hand to the network. */
    List<byte[]> leaving() {
        List<byte[]> packets = List.copyOf(outbox);
        outbox.clear();
        return packets;
    }

    /** Processes a packet from the network. */
    void arrive(byte[] packet, Instant now) throws Exception {
        if (!open(packet, now, now)) {
            unmatched.add(new Unmatched(packet, now));
        }
        while (openUnmatched(now)) {
            // A packet that opens may add the locators of another.
        }
    }

    /** Does what is due by time. */
    void tick(Instant now) {
        if (pending && !now.isBefore(ownSent.plus(DAY))) {
            repeats++;
            postKey(sending, now);
        }
        boolean due = sending.chain.position() >= 100
                || !now.isBefore(sending.chain.started().plus(DAY));
        if (!pending && confirmed && due) {
            begin(now);
        }
        if (!pending && confirmed && own != null && !now.isBefore(confirmedAt.plus(DAY))) {
            wipeOwn();
        }
        unmatched.removeIf(packet -> packet.arrived.isBefore(now.minus(DAY)));
        expire(now);
    }

    /** The private key of an exchange in progress, for a thief who takes everything; null if there is none. */
    SecretBytes ownPrivate() {
        return own == null ? null : own.privateKey();
    }

    /** The stored states of the sending chains. */
    List<byte[]> sendStates() {
        List<byte[]> states = new ArrayList<>();
        states.add(sending.chain.encode().expose());
        if (old != null) {
            states.add(old.chain.encode().expose());
        }
        return states;
    }

    /** The stored states of the receiving chains. */
    List<byte[]> receiveStates() {
        return receiving.values().stream()
                .map(incoming -> incoming.chain.encode().expose())
                .toList();
    }

    /** The name of the current sending chain. */
    String sendingChain() {
        return sending.id;
    }

    /** Whether a key exchange is complete on this side, and known to be complete on the other. */
    boolean settled() {
        return !pending && confirmed;
    }

    @Override
    public void close() {
        sending.chain.close();
        if (old != null) {
            old.chain.close();
        }
        receiving.values().forEach(incoming -> incoming.chain.close());
        wipeOwn();
    }

    private void begin(Instant now) {
        wipeOwn();
        own = HANDSHAKES.ephemeral(random);
        keysSent.add(own.publicKey());
        pending = true;
        postKey(sending, now);
    }

    private void postKey(Outgoing on, Instant now) {
        post(on, -1, PacketType.KEY_UPDATE, own.publicKey(), now);
        ownSent = now;
        copies.add(new Copy(now, on.chain.rekeySalt()));
    }

    private void post(Outgoing on, int number, PacketType type, byte[] body, Instant now) {
        SendChain.Step step = on.chain.step();
        try (SecretBytes secret = step.secret()) {
            PacketKey key = new PacketKey(secret, PacketLabel.RATCHET, step.locator(), NETWORK);
            Content content = Content.of(type, now, body);
            int bucket = Bundles.CODEC.length(content) > Packets.capacity(BUCKET, 8) ? 80 : BUCKET;
            byte[] packet = Bundles.CODEC.seal(content, key, Bundles.XCHACHA, bucket);
            sent.add(new Sent(number, on.id, step.position(), packet));
            outbox.add(packet);
        }
        // Like a store: every state survives encoding and decoding.
        SecretBytes state = on.chain.encode();
        Bundles.CHAINS.decodeSend(state.expose()).close();
        state.close();
    }

    private boolean openUnmatched(Instant now) throws Exception {
        for (Iterator<Unmatched> each = unmatched.iterator(); each.hasNext(); ) {
            Unmatched packet = each.next();
            if (open(packet.packet, packet.arrived, now)) {
                each.remove();
                return true;
            }
        }
        return false;
    }

    private boolean open(byte[] packet, Instant reference, Instant now) throws Exception {
        int[] match = {-1, -1};
        int count = table.find(Packets.hint(packet), (chain, position) -> {
            match[0] = chain;
            match[1] = position;
        });
        if (count == 0) {
            return false;
        }
        if (count > 1) {
            throw new AssertionError("one locator, two places");
        }
        Incoming incoming = receiving.get(match[0]);
        int position = match[1];
        byte[] locator = Arrays.copyOfRange(packet, 1, 9);
        Content content;
        try (SecretBytes secret = incoming.chain.secret(position)) {
            content = Bundles.CODEC
                    .open(
                            packet,
                            new PacketKey(secret, PacketLabel.RATCHET, locator, NETWORK),
                            Bundles.XCHACHA,
                            reference)
                    .content();
        }
        SecretBytes salt = incoming.chain.rekeySalt(position);
        List<SecretBytes> salts = new ArrayList<>(List.of(salt));
        try {
            table.remove(Packets.hint(packet), match[0], position);
            incoming.chain.use(
                    position,
                    now,
                    (p, hint) -> table.add(hint, match[0], p),
                    (p, hint) -> table.remove(hint, match[0], p));
            incoming.chain = throughTheStore(incoming.chain);
            if (content.type() == PacketType.KEY_UPDATE) {
                salts.addAll(saltsOfSkipped(incoming.chain));
            }
            incoming.lastUsed = now;
            used.computeIfAbsent(incoming.id, id -> new TreeMap<>()).put(position, true);
            if (incoming.generation == exchanges && !confirmed) {
                confirm(now);
            }
            if (content.type() == PacketType.KEY_UPDATE) {
                keyUpdate(content.body(), salts, Instant.ofEpochSecond(content.timestamp()), now);
            } else {
                if (incoming.generation < exchanges) {
                    stillOnTheOldChain(Instant.ofEpochSecond(content.timestamp()), now);
                }
                String text = new String(content.body(), StandardCharsets.UTF_8);
                opened.add(new Opened(Integer.parseInt(text.substring(8)), incoming.id, position));
            }
        } finally {
            salts.forEach(SecretBytes::close);
        }
        return true;
    }

    private void confirm(Instant now) {
        confirmed = true;
        confirmedAt = now;
        if (old != null) {
            old.chain.close();
            old = null;
        }
    }

    private void keyUpdate(byte[] key, List<SecretBytes> salts, Instant stamp, Instant now)
            throws HandshakeRefusedException {
        if (Arrays.equals(key, peerKey)) {
            anotherCopy(key, salts, now);
            return;
        }
        if (!keysSeen.add(Vectors.hex(key))) {
            return;
        }
        if (pending) {
            crossings++;
        } else {
            // A new key shows that the other side has completed the last exchange.
            confirm(now);
            begin(now);
        }
        pending = false;
        peerKey = key;
        confirmed = false;
        answered = now;
        exchanges++;
        receiveAll(key, salts, now);
        Copy counts = copies.stream()
                .filter(copy -> !copy.sent.isAfter(stamp))
                .reduce((one, later) -> later)
                .orElse(copies.get(0));
        old = sending;
        switchTo(key, counts.salt, now);
        forgetCopies();
    }

    private void anotherCopy(byte[] key, List<SecretBytes> salts, Instant now) throws HandshakeRefusedException {
        if (pending || own == null) {
            return;
        }
        receiveAll(key, salts, now);
        if (confirmed || now.isBefore(ownSent.plus(ANSWER_AGAIN))) {
            return;
        }
        if (now.isBefore(answered.plus(SAME_ANSWER))) {
            answersRepeated++;
            postKey(old, now);
        } else {
            answersAnew++;
            doubtful.add(sending.id);
            sending.chain.close();
            postKey(old, now);
            switchTo(key, copies.get(0).salt, now);
        }
        forgetCopies();
    }

    private void stillOnTheOldChain(Instant stamp, Instant now) {
        if (!confirmed
                && !pending
                && !stamp.isBefore(ownSent.plus(ANSWER_AGAIN))
                && now.isBefore(answered.plus(SAME_ANSWER))) {
            answersRepeated++;
            postKey(old, now);
            forgetCopies();
        }
    }

    private void switchTo(byte[] key, SecretBytes salt, Instant now) throws HandshakeRefusedException {
        try (SecretBytes chainKey = HANDSHAKES.rekey(NETWORK, own.privateKey(), key, salt)) {
            sending = new Outgoing(chainKey, now);
        }
    }

    private void forgetCopies() {
        copies.forEach(copy -> copy.salt.close());
        copies.clear();
    }

    private static List<SecretBytes> saltsOfSkipped(ReceiveChain chain) {
        List<Integer> positions = new ArrayList<>();
        chain.forEachExpected((position, hint) -> {
            if (position < chain.highest()) {
                positions.add(position);
            }
        });
        return positions.stream().map(chain::rekeySalt).toList();
    }

    private void receiveAll(byte[] key, List<SecretBytes> salts, Instant now) throws HandshakeRefusedException {
        for (SecretBytes salt : salts) {
            SecretBytes chainKey = HANDSHAKES.rekey(NETWORK, own.privateKey(), key, salt);
            if (receiving.values().stream().noneMatch(incoming -> incoming.id.equals(id(chainKey)))) {
                receive(chainKey, now);
            }
        }
    }

    private void receive(SecretBytes chainKey, Instant now) {
        int number = receiving.keySet().stream().reduce(-1, Math::max) + 1;
        Incoming incoming = new Incoming(chainKey, exchanges, now);
        receiving.put(number, incoming);
        incoming.chain.forEachExpected((position, hint) -> table.add(hint, number, position));
        chainKey.close();
    }

    private void expire(Instant now) {
        Instant newestUse = receiving.values().stream()
                .filter(incoming -> incoming.generation == exchanges && used.containsKey(incoming.id))
                .map(incoming -> incoming.lastUsed)
                .max(Instant::compareTo)
                .orElse(null);
        for (Iterator<Map.Entry<Integer, Incoming>> each = receiving.entrySet().iterator(); each.hasNext(); ) {
            Map.Entry<Integer, Incoming> entry = each.next();
            Incoming incoming = entry.getValue();
            incoming.chain.expire(now, (position, hint) -> table.remove(hint, entry.getKey(), position));
            boolean over =
                    incoming.generation < exchanges && newestUse != null && !now.isBefore(incoming.lastUsed.plus(DAY));
            if (over) {
                incoming.chain.forEachExpected((position, hint) -> table.remove(hint, entry.getKey(), position));
                incoming.chain.close();
                each.remove();
            }
        }
    }

    private void wipeOwn() {
        if (own != null) {
            own.close();
            own = null;
        }
    }

    private static ReceiveChain throughTheStore(ReceiveChain chain) {
        try (SecretBytes state = chain.encode();
                chain) {
            return Bundles.CHAINS.decodeReceive(state.expose());
        }
    }

    private static String id(SecretBytes chainKey) {
        return Vectors.hex(Bundles.CHAINS.sessionId(chainKey));
    }
}
