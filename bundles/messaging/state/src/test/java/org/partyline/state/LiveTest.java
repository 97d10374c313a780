package org.partyline.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.partyline.api.identity.Identities;
import org.partyline.api.nodes.NodeDirectory;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.schedule.Pace;
import org.partyline.api.session.Handshakes;
import org.partyline.api.suites.SuiteDirectory;
import org.partyline.messaging.state.AbsentException;
import org.partyline.messaging.state.Live;
import org.partyline.messaging.state.OperationLock;
import org.partyline.messaging.state.Operations;
import org.partyline.messaging.state.Protocols;
import org.partyline.messaging.state.ReadingServices;
import org.partyline.messaging.state.RequiredServices;
import org.partyline.testkit.Eventually;

/** Services of the protocol's bundles stop, start and replace each other while operations use them. */
class LiveTest {
    /** A test that waits this long waits for an end that comes by itself. */
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final List<String> asked = new ArrayList<>();
    private Optional<String> outage = Optional.empty();
    private final Operations operations = new Operations(new Outages(), FOR_EVER);
    private final Live<Chains> live = new Live<>(operations, Chains.class);
    private final Chains chains = live.service();
    private final Chains first = service(Chains.class, "first");
    private final Chains second = service(Chains.class, "second");

    private final class Outages implements Operations.Outages {
        @Override
        public Optional<String> missing(String service) {
            asked.add(service);
            return outage;
        }

        @Override
        public Optional<String> stopped(String bundle) {
            return Optional.empty();
        }

        @Override
        public int providers(String service) {
            return 0;
        }

        @Override
        public boolean hasBooted() {
            return true;
        }
    }

    /** Creates a service that returns the answer to each call, or throws it. */
    private static <T> T service(Class<T> type, Object answer) {
        return type.cast(java.lang.reflect.Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    case "toString" -> String.valueOf(answer);
                    default -> {
                        if (answer instanceof Exception thrown) {
                            throw thrown;
                        }
                        throw new UnsupportedOperationException(String.valueOf(answer));
                    }
                }));
    }

    /** Returns which service answers a call now. */
    private String answering() {
        return assertThrows(UnsupportedOperationException.class, chains::newLocatorTable)
                .getMessage();
    }

    /** Returns the state of a thread once it has ended, or waits for another. */
    private static Thread.State settled(Thread thread) throws Exception {
        Eventually.that(
                "the thread waits or ends",
                () -> thread.getState() == Thread.State.TIMED_WAITING
                        || thread.getState() == Thread.State.WAITING
                        || thread.getState() == Thread.State.TERMINATED);
        return thread.getState();
    }

    private static Thread begun(Runnable work) {
        Thread thread = new Thread(work, "a test's");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private static void awaitEnd(Thread thread) throws Exception {
        Eventually.that("the thread ends", () -> thread.getState() == Thread.State.TERMINATED);
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void anOperationWorksToItsEndWithTheServiceThatWasThereWhenItBegan() {
        live.set(first);
        operations.enter();
        assertEquals("first", answering());
        live.set(second);
        assertEquals("first", answering());
        operations.enter();
        assertEquals("first", answering(), "an operation in it is the same one");
        operations.leave();
        assertEquals("first", answering());
        operations.leave();
        assertEquals("second", answering());
    }

    @Test
    void whatCameAfterAnOperationBeganIsNotThereForIt() {
        operations.enter();
        live.set(first);
        assertFalse(live.isHere());
        assertTrue(live.missing().isPresent());
        assertThrows(AbsentException.class, () -> RequiredServices.of(live).require());
        operations.leave();
        assertTrue(live.isHere());
        assertEquals(Optional.empty(), live.missing());
        RequiredServices.of(live).require();
    }

    @Test
    void whatWentAfterAnOperationBeganIsStillThereForIt() {
        Operations impatient = new Operations(new Outages(), Duration.ZERO);
        Live<Chains> brief = new Live<>(impatient, Chains.class);
        brief.set(first);
        impatient.enter();
        brief.unset(first);
        assertTrue(brief.isHere());
        impatient.leave();
        assertFalse(brief.isHere());
    }

    @Test
    void whoTakesAServiceAwayWaitsUntilTheOperationsThatUseItHaveEnded() throws Exception {
        live.set(first);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread working = begun(() -> {
            operations.enter();
            entered.countDown();
            await(goOn);
            operations.leave();
        });
        await(entered);
        Thread removing = begun(() -> live.unset(first));
        assertEquals(Thread.State.TIMED_WAITING, settled(removing));
        goOn.countDown();
        awaitEnd(working);
        awaitEnd(removing);
    }

    @Test
    void anOperationThatBeganBeforeOneThatStillRunsHoldsUpNobodyOnceItHasEnded() throws Exception {
        live.set(first);
        operations.enter();
        // The services that it uses are no longer the present ones.
        new Live<>(operations, Pace.class).set(service(Pace.class, "pace"));
        operations.leave();
        awaitEnd(begun(() -> live.unset(first)));
    }

    @Test
    void whoTakesAServiceAwayWaitsForNobodyWhoWorksWithOthersOnly() throws Exception {
        live.set(first);
        live.set(second);
        operations.enter();
        awaitEnd(begun(() -> live.unset(first)));
        assertEquals("second", answering());
        operations.leave();
    }

    @Test
    void whoTakesAServiceAwayWaitsForAWhileOnly() throws Exception {
        Operations impatient = new Operations(new Outages(), Duration.ZERO);
        Live<Chains> brief = new Live<>(impatient, Chains.class);
        brief.set(first);
        impatient.enter();
        awaitEnd(begun(() -> brief.unset(first)));
        impatient.leave();
    }

    @Test
    void whoTakesAServiceAwayInTheMiddleOfAnOperationDoesNotWaitForItself() throws Exception {
        live.set(first);
        awaitEnd(begun(() -> {
            operations.enter();
            live.unset(first);
            operations.leave();
        }));
    }

    @Test
    void aServiceThatTookTheOthersPlaceStaysWhenThatGoes() {
        live.set(first);
        live.set(second);
        live.unset(first);
        assertEquals("second", answering());
        live.unset(second);
        assertThrows(AbsentException.class, chains::newLocatorTable);
    }

    @Test
    void aCallOfWhatIsAwaySaysWhichBundleIsMissing() {
        AbsentException unknown = assertThrows(AbsentException.class, chains::newLocatorTable);
        assertEquals("it waits for a bundle that provides Chains, which is not running", unknown.reason());
        outage = Optional.of("it waits for bundle org.partyline.ratchet, which is stopped since 12:00:00 UTC");
        AbsentException known = assertThrows(AbsentException.class, chains::newLocatorTable);
        assertEquals(outage.get(), known.reason());
        assertEquals(
                "not possible now: " + outage.get() + "; try again when that is running",
                known.getMessage(),
                "a person");
        assertEquals(outage, live.missing());
        assertEquals(outage, RequiredServices.of(live).missing());
        assertEquals(List.of(Chains.class.getName()), asked.stream().distinct().toList());
    }

    @Test
    void aCallOfWhatIsAwayLeavesNoOperationBehind() throws Exception {
        assertThrows(AbsentException.class, chains::newLocatorTable);
        live.set(first);
        assertEquals("first", answering());
        awaitEnd(begun(() -> live.unset(first)));
    }

    @Test
    void whatAServiceThrowsComesThroughAsItIs() {
        IllegalStateException thrown = new IllegalStateException("unchanged");
        live.set(service(Chains.class, thrown));
        assertSame(thrown, assertThrows(IllegalStateException.class, chains::newLocatorTable));
    }

    @Test
    void aFaceIsOneThingWhicheverServiceIsBehindIt() {
        assertEquals("Chains", chains.toString());
        assertEquals(chains, chains);
        assertNotEquals(chains, new Live<>(operations, Chains.class).service());
        assertEquals(chains.hashCode(), chains.hashCode());
    }

    @Test
    void whatIsToldToNobodyIsLost() {
        List<Chains> told = new ArrayList<>();
        live.notify(told::add);
        assertEquals(List.of(), told);
        live.set(first);
        live.notify(told::add);
        assertEquals(List.of(chains), told);
    }

    @Test
    void severalWhoWaitForTheUsersOfOneServiceWaitNoLongerThanOne() throws Exception {
        Operations brief = new Operations(new Outages(), Duration.ofMillis(50));
        List<Live<Chains>> all = List.of(new Live<>(brief, Chains.class), new Live<>(brief, Chains.class));
        all.forEach(one -> one.set(first));
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread working = begun(() -> {
            brief.enter();
            entered.countDown();
            await(goOn);
            brief.leave();
        });
        await(entered);
        awaitEnd(begun(() -> all.forEach(one -> one.unset(first))));
        assertTrue(working.isAlive(), "it was waited for, and not to its end");
        goOn.countDown();
        awaitEnd(working);
    }

    @Test
    void whatThatWasMadeOfChainsThatAnotherTookThePlaceOfIsReadNoMore() {
        Protocols protocols = new Protocols(operations);
        Live<Pace> more = new Live<>(operations, Pace.class);
        ReadingServices reading = new ReadingServices(protocols, more);
        assertFalse(reading.isPossible());
        protocols.codec.set(service(PacketCodec.class, ""));
        protocols.fragmenter.set(service(Fragmenter.class, ""));
        protocols.channelKeys.set(service(ChannelKeys.class, ""));
        protocols.identities.set(service(Identities.class, ""));
        protocols.handshakes.set(service(Handshakes.class, ""));
        protocols.suites.set(service(SuiteDirectory.class, ""));
        protocols.nodes.set(service(NodeDirectory.class, ""));
        protocols.chains.set(first);
        assertFalse(reading.isPossible(), "the reader needs more");
        Pace pace = service(Pace.class, "");
        more.set(pace);
        assertTrue(reading.isPossible(), "there is no memory yet");
        protocols.made();
        reading.require();
        protocols.chains.set(second);
        assertTrue(reading.isMadeByOthers());
        assertFalse(reading.isPossible());
        assertThrows(AbsentException.class, reading::require);
        protocols.made();
        reading.require();
        more.unset(pace);
        assertFalse(reading.isPossible());
        assertThrows(AbsentException.class, reading::require);
    }

    // ---- the lock

    @Test
    void whoHoldsTheLockWorksWithTheSameServicesUntilItIsReleased() {
        ReentrantLock lock = new OperationLock(operations);
        live.set(first);
        lock.lock();
        lock.lock();
        live.set(second);
        assertEquals("first", answering());
        lock.unlock();
        assertEquals("first", answering());
        lock.unlock();
        assertEquals("second", answering());
    }

    @Test
    void whoWaitedForTheLockWorksWithTheServicesThatAreThereWhenItIsGiven() throws Exception {
        ReentrantLock lock = new OperationLock(operations);
        live.set(first);
        List<String> answers = new ArrayList<>();
        lock.lock();
        Thread waiting = begun(() -> {
            lock.lock();
            answers.add(answering());
            lock.unlock();
        });
        assertEquals(Thread.State.WAITING, settled(waiting));
        live.set(second);
        lock.unlock();
        awaitEnd(waiting);
        assertEquals(List.of("second"), answers);
    }
}
