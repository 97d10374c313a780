package org.partyline.panic;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Panic;
import org.partyline.api.engine.Panic.Report;
import org.partyline.api.engine.Panic.Step;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Vault;
import org.partyline.api.panic.Erasable;
import org.partyline.api.panic.EraseJournal;
import org.partyline.api.panic.Severable;
import org.partyline.api.store.Store;

/** The order of the emergency actions, whatever fails. */
class PanicServiceTest {
    @TempDir
    Path home;

    private final List<String> away = new ArrayList<>();
    private final List<String> quiet = Collections.synchronizedList(new ArrayList<>());
    private final List<String> done = Collections.synchronizedList(new ArrayList<>());
    private final Map<Class<?>, List<Object>> here = new HashMap<>();
    /** With a single thread: no step of an emergency may wait for another one. */
    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(1);

    private final PanicServices services = new PanicServices() {
        @Override
        public <T> List<T> all(Class<T> type) {
            return here.getOrDefault(type, List.of()).stream().map(type::cast).toList();
        }

        @Override
        public List<String> away(Class<?> type) {
            return type == Erasable.class ? away : List.of();
        }
    };

    @AfterEach
    void endThreads() {
        threads.shutdownNow();
    }

    private PanicService service() {
        return new PanicService(services, new EraseJournal(home), threads, () -> done.add("end"));
    }

    private Set<String> pending() throws IOException {
        return new EraseJournal(home).pending();
    }

    private <T> void offer(Class<T> type, BiFunction<String, Object[], Object> calls) {
        Object fake = Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> calls.apply(method.getName(), arguments);
                });
        here.computeIfAbsent(type, none -> new ArrayList<>()).add(fake);
    }

    /** Data to erase that records the journal's content when it is erased. */
    private final class Thing implements Erasable {
        private final String name;
        private final int rank;
        private Runnable work = () -> {};
        private String refusal;

        Thing(String name, int rank) {
            this.name = name;
            this.rank = rank;
            here.computeIfAbsent(Erasable.class, none -> new ArrayList<>()).add(this);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public int rank() {
            return rank;
        }

        @Override
        public void overwriteKeys() {
            if (rank == Erasable.STORE) {
                done.add("overwrite the keys of " + name);
                throw new IllegalStateException("its erasure reports what is wrong");
            }
        }

        @Override
        public void prepare() {
            done.add("prepare " + name);
        }

        @Override
        public void eraseQuietly() throws PartylineException {
            quiet.add(name);
            erase();
        }

        @Override
        public void erase() throws PartylineException {
            work.run();
            if (refusal != null) {
                throw new PartylineException(refusal);
            }
            done.add(name);
        }
    }

    private void aVault(Store.State state) {
        offer(Vault.class, (method, arguments) -> {
            if (method.equals("state")) {
                return state;
            }
            done.add("vault " + method);
            return null;
        });
    }

    @Test
    void theKeysGoFirstThenTheStoreThenTheRestAndWhatIsToGoIsWrittenDownBefore() throws Exception {
        Thing backups = new Thing("backups", Erasable.SLOW);
        Thing logs = new Thing("logs", Erasable.RECORDS + 1);
        Thing store = new Thing("store", Erasable.STORE);
        Thing audit = new Thing("audit", Erasable.RECORDS);
        Thing secrets = new Thing("secrets-file", Erasable.RESTING_KEY);
        aVault(Store.State.OPEN);
        List<Set<String>> journal = new ArrayList<>();
        for (Thing each : List.of(store, backups)) {
            each.work = () -> {
                try {
                    journal.add(pending());
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            };
        }
        Report report = service().erase();
        assertEquals(
                List.of(
                        "overwrite the keys of store",
                        "prepare store",
                        "prepare secrets-file",
                        "prepare audit",
                        "prepare logs",
                        "prepare backups",
                        "vault lock",
                        "store",
                        "secrets-file",
                        "audit",
                        "logs",
                        "backups"),
                done);
        assertEquals(List.of(Set.of("store", "secrets-file", "audit", "logs", "backups"), Set.of("backups")), journal);
        assertEquals(Set.of(), pending());
        assertFalse(Files.exists(home.resolve("erasing")));
        assertTrue(report.complete());
        assertEquals(
                List.of("keys in memory", "store", "secrets-file", "audit", "logs", "backups"),
                report.steps().stream().map(Step::name).toList());
    }

    @Test
    void whatCannotBeErasedKeepsNothingElseBackAndIsSaid() throws Exception {
        new Thing("store", Erasable.STORE).refusal = "destroy the disk";
        new Thing("audit", Erasable.RECORDS).work = () -> {
            throw new IllegalStateException("a bug");
        };
        new Thing("logs", Erasable.RECORDS + 1);
        aVault(Store.State.LOCKED);
        Report report = service().erase();
        assertFalse(report.complete());
        assertEquals(
                List.of(
                        new Step("store", false, "destroy the disk"),
                        new Step("audit", false, "it failed (IllegalStateException): restart the server"),
                        new Step("logs", true, "")),
                report.steps().subList(1, 4));
        assertEquals(Set.of("store", "audit"), pending());
    }

    @Test
    void whatABundleKeepsThatIsAwayIsSaidToBeLeft() {
        new Thing("store", Erasable.STORE);
        aVault(Store.State.LOCKED);
        away.add("org.partyline.backup");
        PanicService service = service();
        assertEquals(List.of("org.partyline.backup"), service.away());
        Report report = service.erase();
        assertFalse(report.complete());
        assertEquals(new Step("store", true, ""), report.steps().get(1));
        assertEquals("org.partyline.backup", report.steps().get(2).name());
        assertFalse(report.steps().get(2).done());
    }

    @Test
    void aServerThatEndsInTheMiddleGoesOnAtTheNextStart() throws Exception {
        new Thing("store", Erasable.STORE);
        Thing logs = new Thing("logs", Erasable.RECORDS);
        Thing backups = new Thing("backups", Erasable.SLOW);
        logs.work = () -> {
            throw new OutOfMemoryError("in the place of a kill");
        };
        aVault(Store.State.LOCKED);
        assertThrows(OutOfMemoryError.class, () -> service().erase());
        assertEquals(Set.of("logs", "backups"), pending());
        assertFalse(done.contains("backups"));

        done.clear();
        logs.work = () -> {};
        // One of them is registered later than the others.
        here.get(Erasable.class).remove(backups);
        PanicService next = service();
        next.goOn();
        assertEquals(List.of("logs"), done);
        // It may have been a duress passphrase.
        assertEquals(List.of("logs"), quiet);
        assertEquals(Set.of("backups"), pending());
        here.get(Erasable.class).add(backups);
        next.goOn();
        assertEquals(Set.of(), pending());
        done.clear();
        next.goOn();
        assertEquals(List.of(), done);
    }

    /** The store's own bundle does that before anyone opens it; a store created since is another one. */
    @Test
    void theStoreIsNotAmongWhatGoesOnAtTheNextStart() throws Exception {
        Thing store = new Thing("store", Erasable.STORE);
        store.refusal = "destroy the disk";
        Thing logs = new Thing("logs", Erasable.RECORDS);
        logs.refusal = "they are in use";
        aVault(Store.State.LOCKED);
        service().erase();
        assertEquals(Set.of("store", "logs"), pending());
        store.refusal = null;
        logs.refusal = null;
        done.clear();

        service().goOn();

        assertEquals(List.of("logs"), done);
        assertEquals(Set.of("store"), pending());
    }

    @Test
    void afterADuressPassphraseWhatTakesLongIsNotWaitedFor() throws Exception {
        Thing store = new Thing("store", Erasable.STORE);
        store.work = () -> {
            throw new IllegalStateException("the store erases itself");
        };
        new Thing("audit", Erasable.RECORDS);
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        Thing backups = new Thing("backups", Erasable.SLOW);
        backups.work = () -> {
            try {
                waiting.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            gone.countDown();
        };
        List<Set<String>> journal = new ArrayList<>();
        service().carryOut(() -> {
            try {
                journal.add(pending());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            done.add("own");
            return true;
        });
        assertEquals(List.of(Set.of("store", "audit", "backups")), journal);
        assertEquals(List.of("prepare store", "prepare audit", "prepare backups", "own", "audit"), done);
        assertEquals(Set.of("backups"), pending());
        // The pool's only thread is free for the end of the process.
        threads.submit(() -> {}).get(10, TimeUnit.SECONDS);
        waiting.countDown();
        assertTrue(gone.await(10, TimeUnit.SECONDS));
    }

    @Test
    void aStoreThatADuressPassphraseCouldNotEraseGoesWithTheNextStart() throws IOException {
        Thing store = new Thing("store", Erasable.STORE);
        new Thing("audit", Erasable.RECORDS);
        service().carryOut(() -> false);
        assertEquals(Set.of("store"), pending());
    }

    private void aCover(boolean running) {
        offer(Cover.class, (method, arguments) -> {
            if (method.equals("status")) {
                return List.of(new Cover.Status(
                        "me", running, "", java.time.Duration.ofMinutes(5), 1, 0, Optional.empty(), 0, 0));
            }
            done.add("cover " + method);
            return null;
        });
    }

    private void consoles() {
        here.put(Severable.class, List.of(new Severable() {
            @Override
            public String name() {
                return "consoles";
            }

            @Override
            public int sever(String mark) {
                done.add("sever all but " + mark);
                return 2;
            }
        }));
    }

    @Test
    void lockingStopsCoverForgetsKeysAndCutsConnections() {
        aVault(Store.State.OPEN);
        aCover(true);
        consoles();
        Report report = service().lock("mine");
        assertEquals(List.of("cover stop", "vault lock", "sever all but mine"), done);
        assertTrue(report.complete());
        assertEquals("2 closed", report.steps().get(2).detail());
    }

    @Test
    void aLockedStoreIsLockedOnceMoreAndItsCoverIsNotAskedFor() {
        aVault(Store.State.LOCKED);
        aCover(true);
        consoles();
        service().lock("mine");
        assertEquals(List.of("vault lock", "sever all but mine"), done);
    }

    @Test
    void coverTrafficThatDoesNotStopHoldsNothingUp() throws Exception {
        aVault(Store.State.OPEN);
        consoles();
        CountDownLatch never = new CountDownLatch(1);
        offer(Cover.class, (method, arguments) -> {
            try {
                never.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return List.of();
        });
        Report report = service().lock("mine");
        assertFalse(report.complete());
        assertEquals("cover traffic", report.steps().get(0).name());
        assertEquals(List.of("vault lock", "sever all but mine"), done);
        never.countDown();
    }

    private void personas(String... names) {
        offer(Personas.class, (method, arguments) -> {
            if (method.equals("list")) {
                return java.util.Arrays.stream(names)
                        .map(name -> new Personas.Persona(1, name, "", false, "", Instant.EPOCH, 0))
                        .toList();
            }
            String name = method.equals("rotate") ? String.valueOf(((Optional<?>) arguments[0]).get()) : "";
            done.add(method + " " + name + (method.equals("rotate") ? " " + arguments[1] : arguments[0]));
            if (name.equals("bad")) {
                throw new IllegalStateException("a bug");
            }
            return new Personas.Rotated(
                    new Personas.Persona(1, name, "", false, "", Instant.EPOCH, 0), List.of("bob"), List.of("carol"));
        });
    }

    @Test
    void movingChangesEveryKeyAsCompromisedAndGoesOnWhereOneFails() throws Exception {
        personas("alice", "bad", "me");
        offer(Channels.class, (method, arguments) -> {
            done.add("channels " + method);
            return 2;
        });
        offer(Privacy.class, (method, arguments) -> {
            done.add("privacy " + method + " " + arguments[0]);
            return null;
        });
        Report report = service().move();
        assertEquals(
                List.of(
                        "rotate alice true",
                        "rotate bad true",
                        "rotate me true",
                        "channels beginNewChains",
                        "privacy apply MAXIMUM"),
                done);
        assertFalse(report.complete());
        assertEquals(
                new Step("keys of alice", true, "changed; told: bob; give the new card to: carol"),
                report.steps().get(0));
        assertFalse(report.steps().get(1).done());
        assertEquals(
                new Step("channels", true, "2 start new chains"), report.steps().get(3));
    }

    @Test
    void withoutAnEngineNothingMovesAndThatIsSaid() {
        PartylineException refused =
                assertThrows(PartylineException.class, () -> service().move());
        assertEquals(
                "bundle org.partyline.contacts is not running: bundle:start org.partyline.contacts",
                refused.getMessage());
    }

    @Test
    void whatIsShreddedIsErasedAndThenTheFilesAreRewritten() throws Exception {
        personas();
        offer(Contacts.class, (method, arguments) -> done.add("contacts " + method + " " + arguments[1]) ? null : null);
        offer(Channels.class, (method, arguments) -> done.add("channels " + method + " " + arguments[1]) ? null : null);
        offer(Store.class, (method, arguments) -> done.add("store " + method) ? null : null);
        service().shred(Panic.Kind.CONVERSATION, Optional.of("me"), "bob");
        service().shred(Panic.Kind.CHANNEL, Optional.empty(), "lobby");
        service().shred(Panic.Kind.PERSONA, Optional.empty(), "alice");
        assertEquals(
                List.of(
                        "contacts remove bob",
                        "store compact",
                        "channels leave lobby",
                        "store compact",
                        "delete alice",
                        "store compact"),
                done);
    }
}
