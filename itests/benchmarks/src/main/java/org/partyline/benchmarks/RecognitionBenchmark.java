package org.partyline.benchmarks;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import org.partyline.api.SecretBytes;
import org.partyline.api.packet.Packets;
import org.partyline.api.ratchet.BeaconTable;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.LocatorTable;
import org.partyline.api.ratchet.ReceiveChain;
import org.partyline.ratchet.PartylineChains;

/** Recognises that a packet is a stranger's, in a server with 100 channels. */
@State(Scope.Benchmark)
public class RecognitionBenchmark {
    static final int BEACONS = 300;
    static final int LOCATORS = 100_000;
    private static final int STRANGERS = 1024;
    private static final int BLOCK = 64;
    private static final int R_AT = 1;
    private static final int R_LENGTH = 8;

    private final Random random = new Random(2);
    final LocatorTable locators;
    final BeaconTable beacons;
    private final byte[][] strangers = new byte[STRANGERS][];
    private final MessageDigest[] inner = new MessageDigest[BEACONS];
    private final MessageDigest[] outer = new MessageDigest[BEACONS];
    private final Mac[] macs = new Mac[BEACONS];
    private final byte[] hash = new byte[32];
    private int next;

    /** Fills the tables through the service's own chains. */
    public RecognitionBenchmark() {
        try {
            Chains chains = new PartylineChains();
            locators = chains.newLocatorTable();
            for (int chain = 0; locators.size() < LOCATORS; chain++) {
                expect(chains, chain);
            }
            beacons = chains.newBeaconTable();
            for (int i = 0; i < BEACONS; i++) {
                byte[] key = bytes(32);
                beacons.add(i, SecretBytes.wrap(key.clone()));
                inner[i] = midstate(key, 0x36);
                outer[i] = midstate(key, 0x5c);
                macs[i] = Mac.getInstance("HmacSHA256");
                macs[i].init(new SecretKeySpec(key, "HmacSHA256"));
            }
            for (int i = 0; i < STRANGERS; i++) {
                strangers[i] = bytes(i % 2 == 0 ? 64 : 80);
                strangers[i][0] = 2;
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private void expect(Chains chains, int chain) {
        try (SecretBytes key = SecretBytes.wrap(bytes(32));
                ReceiveChain receiver = chains.receive(key, Instant.EPOCH)) {
            receiver.forEachExpected((position, hint) -> {
                if (locators.size() < LOCATORS) {
                    locators.add(hint, chain, position);
                }
            });
        }
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static MessageDigest midstate(byte[] key, int pad) throws GeneralSecurityException {
        byte[] block = Arrays.copyOf(key, BLOCK);
        for (int i = 0; i < BLOCK; i++) {
            block[i] ^= (byte) pad;
        }
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(block);
        return digest;
    }

    byte[] stranger() {
        next = (next + 1) % STRANGERS;
        return strangers[next];
    }

    /** Looks a packet up as the server does: first the locators, then the beacons. */
    @Benchmark
    public int recognise() {
        byte[] packet = stranger();
        int expected = locators.find(Packets.hint(packet), (chain, position) -> {});
        return expected + beacons.match(packet);
    }

    /**
     * The HMACs alone, as fast as the platform computes them: both SHA-256 states of each key are stored, and cloned.
     */
    @Benchmark
    public void midstates(Blackhole out) throws GeneralSecurityException, CloneNotSupportedException {
        byte[] packet = stranger();
        for (int i = 0; i < BEACONS; i++) {
            MessageDigest first = (MessageDigest) inner[i].clone();
            first.update(packet, R_AT, R_LENGTH);
            first.digest(hash, 0, hash.length);
            MessageDigest second = (MessageDigest) outer[i].clone();
            second.update(hash, 0, hash.length);
            second.digest(hash, 0, hash.length);
            out.consume(hash[0]);
        }
    }

    /** The HMACs alone, as most programs compute them: a stored {@link Mac} for each key. */
    @Benchmark
    public void macs(Blackhole out) throws GeneralSecurityException {
        byte[] packet = stranger();
        for (Mac mac : macs) {
            mac.update(packet, R_AT, R_LENGTH);
            mac.doFinal(hash, 0);
            out.consume(hash[0]);
        }
    }
}
