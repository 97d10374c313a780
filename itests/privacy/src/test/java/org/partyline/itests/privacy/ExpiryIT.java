package org.partyline.itests.privacy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bitcoinj.core.Transaction;
import org.bitcoinj.script.ScriptPattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.TransactionPlace.Kind;
import org.partyline.cover.PoissonTiming;
import org.partyline.itests.messaging.Station;
import org.partyline.transportembedded.PlayChain;

/**
 * Messages whose time ends in the embedded network's mempool, where expired ones are recalled: by the rules of a node.
 */
class ExpiryIT {
    private static final Duration LIFE = Duration.ofMinutes(10);
    private static final Duration LONG_LIFE = Duration.ofHours(5);
    private static final long INCREMENT = 100;

    @TempDir
    Path home;

    private final Clock clock = Station.clock();
    private final List<SignedTransaction> signed = new ArrayList<>();
    private PlayChain chain;
    private Station station;

    @BeforeEach
    void expiredMessagesAreRecalled() throws Exception {
        chain = new PlayChain(home, clock, Seeds.random("expiry chain"));
        station = Station.start(
                clock,
                new PoissonTiming(),
                Seeds.random("expiry server"),
                chain.transport(),
                Ears.on(chain.wallet(), "", (account, paid) -> signed.add(paid)));
        chain.mine();
        for (String name : List.of("alice", "bob")) {
            station.personas().create(name);
            station.join(Optional.of(name), "lobby", Mode.RATCHET);
        }
        station.set("expire-on-chain", "recall");
    }

    @AfterEach
    void close() throws Exception {
        station.close();
        chain.close();
    }

    private SignedTransaction last() {
        return signed.get(signed.size() - 1);
    }

    /** Sends something, and waits until the node has reported it. @return the transaction that carries it */
    private SignedTransaction say(String text, Carrier carrier, Duration life) throws Exception {
        station.send(Optional.of("alice"), false, "lobby", text, life, carrier);
        Station.await("the node has shown it", () -> {
            pass(Duration.ofMillis(100));
            return isSeen();
        });
        assertEquals(State.RELAYED, newest().state());
        return last();
    }

    private boolean isSeen() throws Exception {
        return newest().state() == State.RELAYED;
    }

    private List<State> states() throws Exception {
        return station.outbox(true).stream().map(Messages.Outgoing::state).toList();
    }

    private Messages.Outgoing newest() throws Exception {
        List<Messages.Outgoing> all = station.outbox(true);
        return all.get(all.size() - 1);
    }

    private void pass(Duration time) throws Exception {
        Station.set(clock, clock.instant().plus(time));
        station.round();
    }

    private static long packets(SignedTransaction transaction) {
        return Transaction.read(ByteBuffer.wrap(transaction.raw())).getOutputs().stream()
                .filter(output -> ScriptPattern.isOpReturn(output.getScriptPubKey()))
                .count();
    }

    /** BIP125 rules 3 and 4, for a transaction that shrinks, which alone raises its rate. */
    private static long least(SignedTransaction old, int vsize) {
        return old.fee() + (INCREMENT * vsize + 999) / 1000;
    }

    @Test
    void aTransactionOfItsOwnIsReplacedByOneThatCarriesNothing() throws Exception {
        SignedTransaction carrier = say("for ten minutes", Carrier.CONFIRM, LIFE);
        pass(LIFE.plusSeconds(1));
        assertEquals(State.RECALLED, newest().state());
        assertEquals(0, packets(last()));
        assertEquals(least(carrier, last().vsize()), last().fee(), "to the satoshi");
        assertEquals(1, chain.waiting());
        assertEquals(Kind.UNKNOWN, chain.transport().locate(carrier.id()).kind());
        assertEquals(Kind.MEMPOOL, chain.transport().locate(last().id()).kind());
        int before = signed.size();
        chain.mine();
        pass(LIFE);
        assertEquals(State.RECALLED, newest().state());
        assertEquals(before, signed.size(), "paid once");
    }

    @Test
    void theRollingTransactionGoesOnWithoutIt() throws Exception {
        say("for hours", Carrier.ROLLING, LONG_LIFE);
        long one = packets(last());
        pass(Duration.ofSeconds(31));
        SignedTransaction both = say("for ten minutes", Carrier.ROLLING, LIFE);
        assertTrue(packets(both) > one);
        pass(LIFE.plusSeconds(1));
        assertEquals(State.RECALLED, newest().state());
        assertEquals(one, packets(last()));
        assertEquals(least(both, last().vsize()), last().fee(), "to the satoshi");
        assertEquals(1, chain.waiting());
        assertEquals(Kind.UNKNOWN, chain.transport().locate(both.id()).kind());
        chain.mine();
        Station.await("the block is read", () -> states().contains(State.CONFIRMED));
        assertEquals(List.of(State.CONFIRMED, State.RECALLED), states());
    }

    @Test
    void whatWasMinedInTimeStays() throws Exception {
        for (Carrier carrier : List.of(Carrier.CONFIRM, Carrier.ROLLING)) {
            say("by " + carrier, carrier, LIFE);
            int before = signed.size();
            chain.mine();
            Station.await("the block is read", () -> newest().state() == State.CONFIRMED);
            pass(LIFE.plusSeconds(1));
            assertEquals(State.CONFIRMED, newest().state());
            assertEquals(before, signed.size(), "nothing is paid");
        }
    }
}
