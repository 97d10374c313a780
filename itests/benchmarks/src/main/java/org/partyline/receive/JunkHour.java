package org.partyline.receive;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.Random;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.chains.ReceiveChains;
import org.partyline.messaging.recognition.HeldPackets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.store.Cbor;
import org.partyline.messaging.store.Keys;

/**
 * Stores strangers' packets as they arrive within some time: in batches, as the server does, or each alone. In the
 * writer's package.
 */
public final class JunkHour {
    /** The maximum number that Bitcoin Core announces to a peer per second, on average. */
    public static final int PER_SECOND = 14;

    private static final int PACKET = 80;
    private static final byte VERSION = 2;

    private final Store store;
    private final Random random;
    private final HandClock clock = new HandClock();

    /** @param store open @param seed different for each run, so that packets differ */
    public JunkHour(Store store, long seed) {
        this.store = store;
        this.random = new Random(seed);
    }

    /** Stores them as the server does. */
    public void inBatches(Duration time) throws StoreException {
        PacketWriter writer = new PacketWriter(store, clock, () -> true);
        for (long second = 0; second < time.toSeconds(); second++) {
            for (int i = 0; i < PER_SECOND; i++) {
                Candidate candidate = stranger();
                writer.unmatched(candidate.id(), candidate);
                writer.flushIfDue();
            }
            clock.now = clock.now.plusSeconds(1);
        }
        writer.flush();
    }

    /** Stores each in a separate transaction. */
    public void oneByOne(Duration time) throws StoreException {
        for (long second = 0; second < time.toSeconds(); second++) {
            for (int i = 0; i < PER_SECOND; i++) {
                Candidate candidate = stranger();
                store.transact(tx -> {
                    tx.put(
                            HeldPackets.UNMATCHED,
                            candidate.id().hash(),
                            Keys.ALL,
                            Cbor.write(candidate),
                            Instant.ofEpochMilli(candidate.arrived()).plus(ReceiveChains.PATIENCE));
                    return null;
                });
            }
            clock.now = clock.now.plusSeconds(1);
        }
    }

    private Candidate stranger() {
        byte[] payload = new byte[PACKET];
        random.nextBytes(payload);
        payload[0] = VERSION;
        byte[] transaction = new byte[TxId.LENGTH];
        random.nextBytes(transaction);
        return Candidate.of(
                Network.REGTEST, payload, TxId.ofBytes(transaction), Optional.empty(), clock.instant(), "node");
    }

    private static final class HandClock extends Clock {
        private Instant now = Instant.now();

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
