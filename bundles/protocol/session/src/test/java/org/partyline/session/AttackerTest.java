package org.partyline.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.AeadId;
import org.partyline.api.crypto.Kem;
import org.partyline.api.identity.IdentityKeys;
import org.partyline.api.packet.Content;
import org.partyline.api.packet.PacketKey;
import org.partyline.api.packet.PacketLabel;
import org.partyline.api.packet.PacketType;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.api.ratchet.SendChain;
import org.partyline.api.session.HandshakeRefusedException;
import org.partyline.api.session.Handshakes.Acceptance;
import org.partyline.api.session.Handshakes.Completion;
import org.partyline.api.session.Handshakes.Ephemeral;
import org.partyline.api.session.Handshakes.Initiation;
import org.partyline.kemmlkem768.MlKem768;

/**
 * An attacker has recorded every packet, and then obtains keys. Each test derives everything that can be derived from
 * them, and proves the derivation with a last secret that the attacker does not have.
 */
class AttackerTest {
    private static final Network NETWORK = PairModel.NETWORK;
    private static final Instant START = Instant.parse("2026-03-01T00:00:00Z");

    private final NoiseHandshakes handshakes = new NoiseHandshakes();
    private final SeededRandom random = new SeededRandom(99);
    private final IdentityKeys alicesKeys = Bundles.person(random);
    private final SecretBytes alice = alicesKeys.agreementPrivate();
    private final IdentityKeys bobsKeys = Bundles.person(random);
    private final SecretBytes bob = bobsKeys.agreementPrivate();
    private final SecretBytes bobsInbox = Bundles.draw(random, 16);
    private final byte[] alicePublic = Curve.publicKey(alice);
    private final byte[] bobPublic = Curve.publicKey(bob);
    private final SecretBytes aliceEphemeral = Bundles.draw(random, 32);
    private final SecretBytes bobEphemeral = Bundles.draw(random, 32);

    /** Recorded packets of the conversation, by locator, with the time at which each was sent. */
    private final Map<Long, Recorded> recorded = new HashMap<>();

    private byte[] initPacket;
    private byte[] respPacket;
    private PairModel atAlice;
    private PairModel atBob;
    private Instant now = START;
    private int number;

    private record Recorded(int order, byte[] packet, Instant sent) {}

    @BeforeEach
    void open() throws Exception {
        Initiation initiation = handshakes.initiate(
                NETWORK,
                alicesKeys,
                bobsKeys.identity(),
                Set.of(AeadId.XCHACHA20_POLY1305),
                new ScriptedRandom(
                        Bundles.draw(random, 16).expose(),
                        aliceEphemeral.expose().clone()));
        SecretBytes root = handshakes.inboxRoot(bobsInbox, NETWORK);
        byte[] locator = Bundles.CHANNEL_KEYS.newLocator(handshakes.inboxBeacon(root), random);
        initPacket = Bundles.CODEC.seal(
                Content.of(PacketType.HANDSHAKE_INIT, now, initiation.body()),
                new PacketKey(handshakes.inboxPacketSecret(root, locator), PacketLabel.SEALED, locator, NETWORK),
                Bundles.XCHACHA,
                256);
        Acceptance acceptance = handshakes.accept(
                NETWORK,
                bobsKeys,
                initiation.body(),
                List.of(AeadId.XCHACHA20_POLY1305),
                new ScriptedRandom(bobEphemeral.expose().clone()));
        SendChain.Step step =
                Bundles.CHAINS.send(acceptance.replyChainKey(), now).step();
        respPacket = Bundles.CODEC.seal(
                Content.of(PacketType.HANDSHAKE_RESP, now, acceptance.response()),
                new PacketKey(step.secret(), PacketLabel.REPLY, step.locator(), NETWORK),
                Bundles.XCHACHA,
                80);
        Completion completion = handshakes.complete(
                NETWORK, initiation.state(), alicesKeys, bobsKeys.identity(), acceptance.response());
        atAlice = new PairModel(random, completion.sendChainKey(), completion.receiveChainKey(), now);
        atBob = new PairModel(random, chainKey(acceptance.sendSeed()), chainKey(acceptance.receiveSeed()), now);
    }

    @Test
    void longTermKeysAloneOpenNothingOfASession() throws Exception {
        talk(60);

        // The long-term keys do open the handshake's packets, and reveal the participants.
        SecretBytes root = handshakes.inboxRoot(bobsInbox, NETWORK);
        byte[] locator = Arrays.copyOfRange(initPacket, 1, 17);
        byte[] init = Bundles.CODEC
                .open(
                        initPacket,
                        new PacketKey(
                                handshakes.inboxPacketSecret(root, locator), PacketLabel.SEALED, locator, NETWORK),
                        Bundles.XCHACHA,
                        START)
                .content()
                .body();
        SecretBytes replySecret = SecretBytes.wrap(Arrays.copyOfRange(init, 1, 17));
        byte[] first = Arrays.copyOfRange(init, 17, init.length);
        SendChain.Step step = Bundles.CHAINS
                .send(SessionKeys.replyChainKey(replySecret, NETWORK), START)
                .step();
        byte[] second = Bundles.CODEC
                .open(
                        respPacket,
                        new PacketKey(step.secret(), PacketLabel.REPLY, step.locator(), NETWORK),
                        Bundles.XCHACHA,
                        START)
                .content()
                .body();
        byte[] alicesEphemeral = Arrays.copyOf(first, 32);
        byte[] bobsEphemeral = Arrays.copyOf(second, 32);
        byte[] es = Curve.agree(bob, alicesEphemeral).expose();
        byte[] ss = Curve.agree(alice, bobPublic).expose();
        byte[] se = Curve.agree(alice, bobsEphemeral).expose();
        byte[] prologue = SessionKeys.prologue(NETWORK, new Offer(init[0]), replySecret, bobsKeys.identity());
        assertArrayEquals(alicePublic, PlainNoise.readStatic(prologue, bobPublic, first, es));

        // Three of the four shared secrets are known. The fourth needs one of two keys that are erased.
        List<byte[]> guesses = List.of(
                new byte[32],
                es,
                ss,
                se,
                alicesEphemeral,
                bobsEphemeral,
                Curve.agree(alice, alicesEphemeral).expose(),
                Curve.agree(bob, bobsEphemeral).expose(),
                Curve.agree(alice, bobPublic).expose());
        for (byte[] ee : guesses) {
            for (byte[] seed : PlainNoise.seeds(es, ss, ee, se)) {
                assertEquals(Set.of(), readable(chainKey(SecretBytes.wrap(seed))));
            }
        }
        byte[] ee = Curve.agree(aliceEphemeral, bobsEphemeral).expose();
        Set<Integer> opened = new TreeSet<>();
        for (byte[] seed : PlainNoise.seeds(es, ss, ee, se)) {
            opened.addAll(readable(chainKey(SecretBytes.wrap(seed))));
        }
        assertEquals(orders(0, 60), opened);
    }

    @Test
    void allThatBothSidesStillHoldOpensNothingOfThePast() throws Exception {
        talk(700);
        assertTrue(atAlice.exchanges >= 3, "exchanges " + atAlice.exchanges);
        List<byte[]> publicKeys = publicKeys();
        for (PairModel party : List.of(atAlice, atBob)) {
            List<SecretBytes> salts = new ArrayList<>();
            for (byte[] state : party.sendStates()) {
                assertEquals(Set.of(), readableFromSender(state));
                salts.add(Bundles.CHAINS.decodeSend(state).rekeySalt());
            }
            for (byte[] state : party.receiveStates()) {
                assertEquals(Set.of(), readableFromReceiver(state));
                ReceiveChain chain = Bundles.CHAINS.decodeReceive(state);
                chain.forEachExpected((position, hint) -> salts.add(chain.rekeySalt(position)));
            }
            // Not even with the private half of the last exchange, which is kept for a day: its salts are erased.
            List<SecretBytes> privateKeys = new ArrayList<>(List.of(alice, bob));
            if (party.ownPrivate() != null) {
                privateKeys.add(party.ownPrivate());
            }
            assertNothingFrom(privateKeys, publicKeys, salts);
        }
    }

    @Test
    void aStolenChainStateIsWorthNothingAfterTheNextKeyUpdate() throws Exception {
        talk(400);
        while (!atAlice.settled() || !atBob.settled()) {
            talk(1);
        }
        int theft = recorded.size();
        int exchanges = atAlice.exchanges;
        String chain = atAlice.sendingChain();
        byte[] stolen = atAlice.sendStates().get(0).clone();
        byte[] stolenFromBob = atBob.sendStates().get(0).clone();
        talk(10);
        assertEquals(chain, atAlice.sendingChain());
        Set<Integer> onTheChain = new TreeSet<>();
        SecretBytes secretOfTheExchange = null;
        while (atAlice.exchanges < exchanges + 2) {
            talk(1);
            if (atAlice.exchanges == exchanges + 1 && secretOfTheExchange == null) {
                secretOfTheExchange = atAlice.ownPrivate().copy();
            }
        }
        talk(50);
        for (PairModel.Sent sent : atAlice.sent) {
            Recorded record = recorded.get(Packets.hint(sent.packet()));
            if (sent.chain().equals(chain) && record.order() >= theft) {
                onTheChain.add(record.order());
            }
        }

        // All of that chain since the theft, and no packet before or after it.
        Set<Integer> opened = readableFromSender(stolen);
        assertEquals(onTheChain, opened);
        assertTrue(opened.size() > 10, "opened " + opened.size());
        assertTrue(recorded.size() - theft > opened.size() + 100, "there is much more");

        // The thief reads both new public keys, and derives both salts, but has never seen the private keys.
        List<byte[]> publicKeys = publicKeys();
        List<SecretBytes> salts = new ArrayList<>();
        for (byte[] state : List.of(stolen, stolenFromBob)) {
            SendChain copy = Bundles.CHAINS.decodeSend(state);
            for (int i = 0; i < 200; i++) {
                copy.step();
                salts.add(copy.rekeySalt());
            }
        }
        assertNothingFrom(List.of(alice, bob), publicKeys, salts);
        for (byte[] guess : publicKeys) {
            for (SecretBytes salt : salts) {
                SecretBytes seed = SessionKeys.rekeySeed(SecretBytes.copyOf(guess), salt);
                assertEquals(Set.of(), readable(SessionKeys.rekeyedChainKey(seed, NETWORK)));
            }
        }

        Set<Integer> withTheSecret = new TreeSet<>();
        for (byte[] key : publicKeys) {
            for (SecretBytes salt : salts) {
                withTheSecret.addAll(readable(handshakes.rekey(NETWORK, secretOfTheExchange, key, salt)));
            }
        }
        assertFalse(withTheSecret.isEmpty(), "with the private key the derivation would work");
    }

    /** A chain of one side whose packets are recorded. */
    private final class Line {
        final SendChain chain;

        Line(SecretBytes chainKey) {
            chain = Bundles.CHAINS.sendSession(chainKey, now);
        }

        /** @return the index of the recorded packet */
        int say(PacketType type, byte[] body) {
            SendChain.Step step = chain.step();
            Content content = Content.of(type, now, body);
            int bucket = Bundles.CODEC.length(content) > Packets.capacity(80, 8) ? 512 : 80;
            byte[] packet = Bundles.CODEC.seal(
                    content,
                    new PacketKey(step.secret(), PacketLabel.RATCHET, step.locator(), NETWORK),
                    Bundles.XCHACHA,
                    bucket);
            recorded.put(Packets.hint(packet), new Recorded(recorded.size(), packet, now));
            return recorded.size() - 1;
        }

        void sayWhole(byte code, byte[] id, byte[] whole) {
            for (int offset = 0; offset < whole.length; offset += 476) {
                int length = Math.min(476, whole.length - offset);
                say(
                        PacketType.CONTROL,
                        ByteBuffer.allocate(5 + length)
                                .put(code)
                                .put(id)
                                .putShort((short) offset)
                                .put(whole, offset, length)
                                .array());
            }
        }

        void sayKey(byte[] ephemeral, byte[] id, SecretBytes secret) {
            byte[] tag = handshakes.exchangeTag(secret, ephemeral);
            say(
                    PacketType.KEY_UPDATE,
                    ByteBuffer.allocate(42).put(ephemeral).put(id).put(tag).array());
        }
    }

    @Test
    void everyX25519KeyBrokenOpensWhatWasSaidBeforeTheKeyExchangeAndNothingAfterIt() throws Exception {
        // Both cards, both private keys, and both ephemeral keys of the handshake: what a quantum computer could
        // derive.
        byte[] es = Curve.agree(bob, Curve.publicKey(aliceEphemeral)).expose();
        byte[] ss = Curve.agree(alice, bobPublic).expose();
        byte[] se = Curve.agree(alice, Curve.publicKey(bobEphemeral)).expose();
        byte[] ee = Curve.agree(aliceEphemeral, Curve.publicKey(bobEphemeral)).expose();
        List<byte[]> seeds = List.of(PlainNoise.seeds(es, ss, ee, se));
        Line fromAlice = new Line(chainKey(SecretBytes.copyOf(seeds.get(0))));
        Line fromBob = new Line(chainKey(SecretBytes.copyOf(seeds.get(1))));

        MlKem768 kem = new MlKem768();
        SecretBytes seed = Bundles.draw(random, Kem.SEED_LENGTH);
        byte[] key = kem.encapsulationKey(seed);
        byte[] id = handshakes.exchangeId(key);
        Kem.Encapsulated made = kem.encapsulate(key, random);
        byte[] hash = handshakes.exchangeHash(key, made.ciphertext());
        Ephemeral ofAlice = handshakes.ephemeral(random);
        Ephemeral ofBob = handshakes.ephemeral(random);

        fromAlice.say(PacketType.TEXT, new byte[] {'a'});
        fromAlice.sayWhole((byte) 8, id, key);
        fromBob.sayWhole((byte) 9, id, made.ciphertext());
        fromAlice.sayKey(ofAlice.publicKey(), id, made.secret());
        fromBob.sayKey(ofBob.publicKey(), id, made.secret());
        List<SecretBytes> salts = List.of(fromAlice.chain.rekeySalt(), fromBob.chain.rekeySalt());
        int before = recorded.size();
        for (SecretBytes salt : salts) {
            Line protectedLine = new Line(
                    handshakes.rekey(NETWORK, ofAlice.privateKey(), ofBob.publicKey(), salt, made.secret(), hash));
            protectedLine.say(PacketType.TEXT, new byte[] {'p'});
            protectedLine.say(PacketType.TEXT, new byte[] {'q'});
        }
        int all = recorded.size();

        Set<Integer> opened = new TreeSet<>();
        for (byte[] each : seeds) {
            opened.addAll(readable(chainKey(SecretBytes.copyOf(each))));
        }
        assertEquals(orders(0, before), opened, "all that was said before, with key, ciphertext and both new keys");

        // The new keys are broken, too, and both salts can be derived from the open chains.
        SecretBytes shared = Curve.agree(ofAlice.privateKey(), ofBob.publicKey());
        List<SecretBytes> guesses = List.of(
                SecretBytes.wrap(new byte[0]),
                SecretBytes.wrap(new byte[32]),
                SecretBytes.wrap(hash),
                SecretBytes.wrap(SessionKeys.hash(key)),
                SecretBytes.wrap(SessionKeys.hash(made.ciphertext())),
                SecretBytes.wrap(Arrays.copyOf(made.ciphertext(), 32)),
                SecretBytes.wrap(Arrays.copyOf(key, 32)),
                shared,
                kem.decapsulate(Bundles.draw(random, Kem.SEED_LENGTH), made.ciphertext()));
        for (SecretBytes salt : salts) {
            assertEquals(Set.of(), readable(SessionKeys.rekeyedChainKey(SessionKeys.rekeySeed(shared, salt), NETWORK)));
            for (SecretBytes guess : guesses) {
                SecretBytes guessed = SessionKeys.rekeySeed(shared, guess, salt, hash);
                assertEquals(Set.of(), readable(SessionKeys.rekeyedChainKey(guessed, NETWORK)));
            }
        }

        Set<Integer> withTheSecret = new TreeSet<>();
        for (SecretBytes salt : salts) {
            SecretBytes right = SessionKeys.rekeySeed(shared, kem.decapsulate(seed, made.ciphertext()), salt, hash);
            withTheSecret.addAll(readable(SessionKeys.rekeyedChainKey(right, NETWORK)));
        }
        assertEquals(orders(before, all), withTheSecret, "with the secret the derivation would work");
    }

    private SecretBytes chainKey(SecretBytes seed) {
        return handshakes.sessionChainKey(NETWORK, seed, alicesKeys.identity(), bobsKeys.identity());
    }

    private void assertNothingFrom(List<SecretBytes> privateKeys, List<byte[]> publicKeys, List<SecretBytes> salts)
            throws HandshakeRefusedException {
        for (SecretBytes privateKey : privateKeys) {
            for (byte[] publicKey : publicKeys) {
                SecretBytes shared = Curve.agree(privateKey, publicKey);
                for (SecretBytes salt : salts) {
                    SecretBytes chainKey = SessionKeys.rekeyedChainKey(SessionKeys.rekeySeed(shared, salt), NETWORK);
                    assertEquals(Set.of(), readable(chainKey));
                }
            }
        }
    }

    /** Every key that a KEY_UPDATE carried, given to the attacker for free. */
    private List<byte[]> publicKeys() {
        List<byte[]> keys = new ArrayList<>();
        atAlice.keysSent.forEach(keys::add);
        atBob.keysSent.forEach(keys::add);
        return keys;
    }

    private Set<Integer> readable(SecretBytes chainKey) {
        return readable(Bundles.CHAINS.sendSession(chainKey, START), 3);
    }

    private Set<Integer> readableFromSender(byte[] state) {
        return readable(Bundles.CHAINS.decodeSend(state), 300);
    }

    private Set<Integer> readableFromReceiver(byte[] state) {
        Set<Integer> opened = new TreeSet<>();
        ReceiveChain chain = Bundles.CHAINS.decodeReceive(state);
        chain.forEachExpected((position, hint) -> {
            if (recorded.containsKey(hint)) {
                opened.add(recorded.get(hint).order());
            }
        });
        return opened;
    }

    /** Walks a chain; if the first few locators are known, the rest is walked, too. */
    private Set<Integer> readable(SendChain chain, int atLeast) {
        Set<Integer> opened = new TreeSet<>();
        int left = atLeast;
        while (left-- > 0) {
            SendChain.Step step = chain.step();
            Recorded record = recorded.get(step.hint());
            if (record != null && opens(record, step)) {
                opened.add(record.order());
                left = Math.max(left, 100);
            }
        }
        return opened;
    }

    private static boolean opens(Recorded record, SendChain.Step step) {
        try {
            Bundles.CODEC.open(
                    record.packet(),
                    new PacketKey(step.secret(), PacketLabel.RATCHET, step.locator(), NETWORK),
                    Bundles.XCHACHA,
                    record.sent());
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    private static Set<Integer> orders(int from, int to) {
        Set<Integer> orders = new TreeSet<>();
        for (int i = from; i < to; i++) {
            orders.add(i);
        }
        return orders;
    }

    /** Exchanges messages in both directions over a network without losses. */
    private void talk(int messages) throws Exception {
        for (int i = 0; i < messages; i++) {
            now = now.plus(Duration.ofMinutes(11));
            atAlice.tick(now);
            atBob.tick(now);
            (random.nextInt(3) == 0 ? atBob : atAlice).text(number++, now);
            boolean moved = true;
            while (moved) {
                moved = carry(atAlice, atBob) | carry(atBob, atAlice);
            }
        }
        assertEquals(number, atAlice.opened.size() + atBob.opened.size());
    }

    private boolean carry(PairModel from, PairModel to) throws Exception {
        List<byte[]> packets = from.leaving();
        for (byte[] packet : packets) {
            recorded.put(Packets.hint(packet), new Recorded(recorded.size(), packet, now));
            to.arrive(packet, now);
        }
        return !packets.isEmpty();
    }
}
