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
import java.util.Random;
import org.bitcoinj.core.Transaction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.FeeRate;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.engine.Messages.Carrier;
import org.partyline.api.engine.Messages.State;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.cover.PoissonTiming;
import org.partyline.itests.messaging.Station;
import org.partyline.transportembedded.PlayChain;

/**
 * A conversation rolls on the embedded network, with the rules of a node: the fee of each version, blocks at any
 * moment, a rising minimum. Every message is read once, in order.
 */
class RollingIT {
    private static final String ALICE = "alice";
    private static final String BOB = "bob";
    private static final long INCREMENT = 100;

    @TempDir
    Path home;

    private final Clock clock = Station.clock();
    private final List<SignedTransaction> versions = new ArrayList<>();
    private final List<String> said = new ArrayList<>();
    private PlayChain chain;
    private Station station;

    @BeforeEach
    void twoPersonas() throws Exception {
        chain = new PlayChain(home, clock, Seeds.random("rolling chain"));
        station = Station.start(
                clock,
                new PoissonTiming(),
                Seeds.random("rolling server"),
                chain.transport(),
                Ears.on(chain.wallet(), "", (account, paid) -> versions.add(paid)));
        chain.mine();
        for (String name : List.of(ALICE, BOB)) {
            station.personas().create(name);
            station.join(Optional.of(name), "lobby", Mode.RATCHET);
        }
        station.set("fee-band", "0");
        station.set("roll-max-fee", "1000000sat");
        station.set("fee-cap-hour", "1000000sat");
        station.set("fee-cap-day", "1000000sat");
    }

    @AfterEach
    void close() throws Exception {
        station.close();
        chain.close();
    }

    private void say(String text) throws Exception {
        said.add(text);
        station.send(Optional.of(ALICE), false, "lobby", text, Duration.ofDays(7), Carrier.ROLLING);
        Station.await("it is read", () -> {
            Station.set(clock, clock.instant().plus(Duration.ofSeconds(31)));
            station.round();
            return station.received(BOB).size() >= said.size();
        });
    }

    private static String coins(SignedTransaction version) {
        return Transaction.read(ByteBuffer.wrap(version.raw())).getInputs().stream()
                .map(input -> input.getOutpoint().toString())
                .toList()
                .toString();
    }

    /** BIP125 rules 3 and 4, and a higher rate, by weight. */
    private static long least(SignedTransaction old, int vsize) {
        int missing = vsize > old.vsize() ? 3 : 0;
        long rate = old.fee() * (4L * vsize - missing) / (4L * old.vsize() - missing) + 1;
        return Math.max(old.fee() + (INCREMENT * vsize + 999) / 1000, rate);
    }

    @Test
    void aHundredMessagesAreOneTransactionAtTheLeastFee() throws Exception {
        for (int i = 0; i < 100; i++) {
            say("message " + i + " of a hundred");
        }
        assertEquals(said, station.received(BOB));
        assertEquals(1, chain.waiting());
        assertEquals(1, versions.stream().map(RollingIT::coins).distinct().count());
        SignedTransaction before = null;
        for (SignedTransaction version : versions) {
            assertEquals(
                    before == null ? (INCREMENT * version.vsize() + 999) / 1000 : least(before, version.vsize()),
                    version.fee(),
                    "to the satoshi");
            before = version;
        }
        Figures.note("rolling", "satoshi for 100 messages, three packets a version", before.fee(), "");
    }

    @Test
    void blocksAtAnyMomentLoseNothing() throws Exception {
        Random random = new Random(3);
        for (int i = 0; i < 60; i++) {
            say("message " + i + " between blocks");
            if (random.nextInt(4) == 0) {
                chain.mine();
                station.round();
            }
        }
        for (int i = 0; i < 10; i++) {
            say("after all " + i);
            chain.mine();
        }
        assertEquals(said, station.received(BOB));
        assertTrue(versions.stream().map(RollingIT::coins).distinct().count() > 5, "many rolls");
    }

    @Test
    void aFloorThatRisesIsMet() throws Exception {
        say("cheap");
        chain.floor(3_000);
        station.set("fee-maximum", "50sat/vB");
        say("dear");
        say("and on");
        assertEquals(said, station.received(BOB));
        SignedTransaction last = versions.get(versions.size() - 1);
        assertTrue(last.fee() >= 3L * last.vsize(), "over the floor");
    }

    @Test
    void anyVersionMayBeTheOneThatIsMined() throws Exception {
        Random random = new Random(5);
        int older = 0;
        for (int i = 0; i < 60; i++) {
            say("message " + i + ", whichever version is mined");
            if (random.nextInt(4) == 0) {
                SignedTransaction last = versions.get(versions.size() - 1);
                List<SignedTransaction> ofOneCoin = versions.stream()
                        .filter(version -> coins(version).equals(coins(last)))
                        .toList();
                SignedTransaction mined = ofOneCoin.get(random.nextInt(ofOneCoin.size()));
                older += mined == last ? 0 : 1;
                chain.mine(mined);
                station.round();
            }
        }
        assertTrue(older > 4, older + " older versions were mined");
        settle();
    }

    /** Each packet is in a block, or its time has passed. */
    private void settle() throws Exception {
        for (int i = 0; i < 40 && !isSettled(); i++) {
            Station.set(clock, clock.instant().plus(Duration.ofSeconds(31)));
            station.round();
            chain.mine();
            station.round();
        }
        assertTrue(isSettled(), () -> "it is over");
        assertEquals(said, station.received(BOB));
    }

    private boolean isSettled() throws Exception {
        return station.outbox().stream()
                .allMatch(message -> message.state() == State.CONFIRMED || message.state() == State.REPLACED);
    }

    @Test
    void whatAFullMempoolThrewOutComesBackOverTheFloorThatRose() throws Exception {
        station.set("fee-maximum", "500sat/vB");
        for (int i = 0; i < 12; i++) {
            say("message " + i + " in a crowd");
            SignedTransaction out = versions.get(versions.size() - 1);
            chain.crowd(new FeeRate(out.fee() * 1000 / out.vsize() + 1_000));
            assertTrue(chain.floor().satPerKvb() > INCREMENT, "the floor rose");
        }
        settle();
        SignedTransaction last = versions.get(versions.size() - 1);
        assertTrue(last.fee() > 12 * last.vsize() / 10, "each came back over it");
    }

    /** If it were replaced after that, the message that spends its change would be lost. */
    @Test
    void aPersonaWithOneCoinEndsItsRollForAMessageByConfirm() throws Exception {
        for (String account : List.of("", "p1", "p2", "p3")) {
            chain.leaveOneCoin(account);
        }
        versions.clear();
        say("with the only coin");
        say("and again");
        assertEquals(1, versions.stream().map(RollingIT::coins).distinct().count());
        List<SignedTransaction> roll = List.copyOf(versions);
        String change = "[" + roll.get(roll.size() - 1).id() + ":";
        said.add("this spends the change");
        station.send(Optional.of(ALICE), false, "lobby", "this spends the change", Duration.ofDays(7), Carrier.CONFIRM);
        Station.await("it is read", () -> {
            station.round();
            return station.received(BOB).size() >= said.size();
        });
        assertTrue(coins(versions.get(roll.size())).startsWith(change), "it spends the change");
        say("in another roll");
        assertEquals(
                roll,
                versions.stream()
                        .filter(version -> coins(version).equals(coins(roll.get(0))))
                        .toList(),
                "the first roll has ended");
        chain.mine();
        settle();
    }
}
