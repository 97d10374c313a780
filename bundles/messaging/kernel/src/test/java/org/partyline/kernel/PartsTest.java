package org.partyline.kernel;

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
import org.partyline.api.cover.CoverTraffic;
import org.partyline.api.engine.Cover;
import org.partyline.api.identity.BackupFile;
import org.partyline.api.packet.Fragmenter;
import org.partyline.api.packet.PacketCodec;
import org.partyline.api.ratchet.Chains;
import org.partyline.api.schedule.Pace;
import org.partyline.api.settings.OperatorSettings;
import org.partyline.messaging.kernel.AbsentException;
import org.partyline.messaging.kernel.OperationLock;
import org.partyline.messaging.kernel.Parts;

/** Services of the protocol's bundles go, come back and take each other's place while operations work with them. */
class PartsTest {
    /** Who waits as long waits for an end that comes by itself. */
    private static final Duration FOR_EVER = Duration.ofHours(1);

    private final List<List<String>> asked = new ArrayList<>();
    private Optional<String> outage = Optional.empty();
    private final Parts parts = new Parts(this::outage, KernelParts.PROVIDERS, FOR_EVER);
    private final Chains personaKeys = parts.reference(Chains.class);
    private final Chains first = service(Chains.class, "first");
    private final Chains second = service(Chains.class, "second");

    private Optional<String> outage(List<String> bundles) {
        asked.add(bundles);
        return outage;
    }

    /** A service that answers each call with what it is told, or throws it. */
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

    /** Which service answers a call now. */
    private String answering() {
        return assertThrows(UnsupportedOperationException.class, personaKeys::newLocatorTable)
                .getMessage();
    }

    /** A thread that has come to its end, or to a wait that it does not leave by itself. */
    private static Thread.State settled(Thread thread) throws Exception {
        TestServer.await(
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
        TestServer.await("the thread ends", () -> thread.getState() == Thread.State.TERMINATED);
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
        parts.put(Chains.class, first);
        parts.enter();
        assertEquals("first", answering());
        parts.put(Chains.class, second);
        assertEquals("first", answering());
        parts.enter();
        assertEquals("first", answering(), "an operation in it is the same one");
        parts.leave();
        assertEquals("first", answering());
        parts.leave();
        assertEquals("second", answering());
    }

    @Test
    void whatCameAfterAnOperationBeganIsNotThereForIt() {
        parts.enter();
        parts.put(Chains.class, first);
        assertFalse(parts.has(List.of(Chains.class)));
        assertTrue(parts.missing(List.of(Chains.class)).isPresent());
        assertThrows(AbsentException.class, () -> parts.require(List.of(Chains.class)));
        parts.leave();
        assertTrue(parts.has(List.of(Chains.class)));
        assertEquals(Optional.empty(), parts.missing(List.of(Chains.class)));
        parts.require(List.of(Chains.class));
    }

    @Test
    void whatWentAfterAnOperationBeganIsStillThereForIt() {
        Parts impatient = new Parts(this::outage, KernelParts.PROVIDERS, Duration.ZERO);
        impatient.put(Chains.class, first);
        impatient.enter();
        impatient.remove(Chains.class, first);
        assertTrue(impatient.has(List.of(Chains.class)));
        impatient.leave();
        assertFalse(impatient.has(List.of(Chains.class)));
    }

    @Test
    void whoTakesAServiceAwayWaitsUntilTheOperationsThatUseItHaveEnded() throws Exception {
        parts.put(Chains.class, first);
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread working = begun(() -> {
            parts.enter();
            entered.countDown();
            await(goOn);
            parts.leave();
        });
        await(entered);
        Thread removing = begun(() -> parts.remove(Chains.class, first));
        assertEquals(Thread.State.TIMED_WAITING, settled(removing));
        goOn.countDown();
        awaitEnd(working);
        awaitEnd(removing);
    }

    @Test
    void anOperationThatBeganBeforeOneThatStillRunsHoldsUpNobodyOnceItHasEnded() throws Exception {
        parts.put(Chains.class, first);
        parts.enter();
        // The services that it works with are not the present ones any more.
        parts.put(Pace.class, service(Pace.class, "pace"));
        parts.leave();
        awaitEnd(begun(() -> parts.remove(Chains.class, first)));
    }

    @Test
    void whoTakesAServiceAwayWaitsForNobodyWhoWorksWithOthersOnly() throws Exception {
        parts.put(Chains.class, first);
        parts.put(Chains.class, second);
        parts.enter();
        awaitEnd(begun(() -> parts.remove(Chains.class, first)));
        assertEquals("second", answering());
        parts.leave();
    }

    @Test
    void whoTakesAServiceAwayWaitsForAWhileOnly() throws Exception {
        Parts impatient = new Parts(this::outage, KernelParts.PROVIDERS, Duration.ZERO);
        impatient.put(Chains.class, first);
        impatient.enter();
        awaitEnd(begun(() -> impatient.remove(Chains.class, first)));
        impatient.leave();
    }

    @Test
    void whoTakesAServiceAwayInTheMiddleOfAnOperationDoesNotWaitForItself() throws Exception {
        parts.put(Chains.class, first);
        awaitEnd(begun(() -> {
            parts.enter();
            parts.remove(Chains.class, first);
            parts.leave();
        }));
    }

    @Test
    void aServiceThatTookTheOthersPlaceStaysWhenThatGoes() {
        parts.put(Chains.class, first);
        parts.put(Chains.class, second);
        parts.remove(Chains.class, first);
        assertEquals("second", answering());
        parts.remove(Chains.class, second);
        assertThrows(AbsentException.class, personaKeys::newLocatorTable);
    }

    @Test
    void aCallOfWhatIsAwaySaysWhichBundleIsMissing() {
        assertEquals(
                "it waits for bundle org.partyline.ratchet, which is not running",
                assertThrows(AbsentException.class, personaKeys::newLocatorTable)
                        .getMessage());
        outage = Optional.of("it waits for bundle org.partyline.ratchet, which is stopped since 12:00:00 UTC");
        assertEquals(
                outage.get(),
                assertThrows(AbsentException.class, personaKeys::newLocatorTable)
                        .getMessage());
        assertEquals(outage, parts.missing(parts.sending()));
        asked.clear();
        assertEquals(outage, parts.missing(List.of(PacketCodec.class)));
        assertEquals(List.of(List.of("packet", "padding")), asked, "without its padding the packet's bundle has none");
    }

    @Test
    void aCallOfWhatIsAwayLeavesNoOperationBehind() throws Exception {
        assertThrows(AbsentException.class, personaKeys::newLocatorTable);
        parts.put(Chains.class, first);
        assertEquals("first", answering());
        awaitEnd(begun(() -> parts.remove(Chains.class, first)));
    }

    @Test
    void whatAServiceThrowsComesThroughAsItIs() {
        IllegalStateException thrown = new IllegalStateException("unchanged");
        parts.put(Chains.class, service(Chains.class, thrown));
        assertSame(thrown, assertThrows(IllegalStateException.class, personaKeys::newLocatorTable));
    }

    @Test
    void aFaceIsOneThingWhicheverServiceIsBehindIt() {
        assertEquals("Chains", personaKeys.toString());
        assertEquals(personaKeys, personaKeys);
        assertNotEquals(personaKeys, parts.reference(Chains.class));
        assertEquals(personaKeys.hashCode(), personaKeys.hashCode());
    }

    @Test
    void memoryOfChainsThatAnotherTookThePlaceOfIsReadNoMore() {
        for (Class<?> type : parts.reading()) {
            put(type);
        }
        Chains before = service(Chains.class, "those before");
        parts.put(Chains.class, before);
        assertTrue(parts.canRead(), "there is no memory yet");
        parts.made();
        assertTrue(parts.canRead());
        parts.requireReading();
        parts.put(Chains.class, second);
        assertTrue(parts.isMadeByOthers());
        assertFalse(parts.canRead());
        assertThrows(AbsentException.class, parts::requireReading);
        parts.made();
        assertTrue(parts.canRead());
        parts.requireReading();
        parts.remove(Fragmenter.class, fragmenter);
        assertFalse(parts.canRead(), "what packets are cut with is away");
        assertThrows(AbsentException.class, parts::requireReading);
    }

    @Test
    void theyAreCompleteOnceEveryOneIsThere() {
        List<Class<?>> all = new ArrayList<>(KernelParts.PROVIDERS.bundles().keySet());
        all.removeAll(List.of(BackupFile.class, OperatorSettings.class, CoverTraffic.class, Cover.class));
        all.forEach(this::put);
        assertFalse(parts.isComplete(), "the form of backups is still away");
        put(BackupFile.class);
        assertFalse(parts.isComplete(), "the settings are still away");
        put(OperatorSettings.class);
        assertFalse(parts.isComplete(), "what is covered would leave at once: cover traffic is still away");
        put(CoverTraffic.class);
        assertTrue(parts.isComplete());
        parts.remove(Fragmenter.class, fragmenter);
        assertFalse(parts.isComplete());
    }

    private Fragmenter fragmenter;

    private <T> void put(Class<T> type) {
        T service = service(type, type.getSimpleName());
        if (service instanceof Fragmenter cutting) {
            fragmenter = cutting;
        }
        parts.put(type, service);
    }

    // ---- the kernel's lock

    @Test
    void whoHoldsTheLockWorksWithTheSameServicesUntilItIsReleased() {
        ReentrantLock lock = new OperationLock(parts);
        parts.put(Chains.class, first);
        lock.lock();
        lock.lock();
        parts.put(Chains.class, second);
        assertEquals("first", answering());
        lock.unlock();
        assertEquals("first", answering());
        lock.unlock();
        assertEquals("second", answering());
    }

    @Test
    void whoWaitedForTheLockWorksWithTheServicesThatAreThereWhenItIsGiven() throws Exception {
        ReentrantLock lock = new OperationLock(parts);
        parts.put(Chains.class, first);
        List<String> answers = new ArrayList<>();
        lock.lock();
        Thread waiting = begun(() -> {
            lock.lock();
            answers.add(answering());
            lock.unlock();
        });
        assertEquals(Thread.State.WAITING, settled(waiting));
        parts.put(Chains.class, second);
        lock.unlock();
        awaitEnd(waiting);
        assertEquals(List.of("second"), answers);
    }
}
