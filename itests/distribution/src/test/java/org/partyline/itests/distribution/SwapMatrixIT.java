package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.ops4j.pax.exam.karaf.options.KarafDistributionOption.editConfigurationFilePut;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import javax.inject.Inject;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.ProbeBuilder;
import org.ops4j.pax.exam.TestProbeBuilder;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.FrameworkWiring;
import org.partyline.api.Network;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Outages;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.store.Store;

/**
 * Stops and starts, updates and refreshes every bundle that may be stopped in turn, and pairs of them, while ten
 * messages a second leave by both carriers, in a channel and on a session. A third persona has cover traffic all the
 * time, and the first one in some of the runs: then its messages wait for a slot. Nothing is lost, nothing arrives
 * twice, and no swap ends a session. Prints how much each swap delays messages.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SwapMatrixIT {
    private static final String PASSPHRASE = "a passphrase of this test";
    private static final String OURS = "org.partyline.";
    /** The bundles that all others depend on: replacing them restarts the framework. */
    private static final Set<String> KERNEL =
            Set.of("api-spi", "api-app", "api-messaging", "store-jdbc", "state", "vault");

    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(100);
    /** The number of messages between two steps of a swap. */
    private static final int APART = 4;

    /** Messages per chain: the maximum that can be set. */
    private static final int CHAIN_MESSAGES = 100;

    private static final int PAIRS = 6;
    /** Bundles that are swapped while all messages wait for slots. */
    private static final Set<String> UNDER_COVER = Set.of("cover", "pace", "carrier-confirm", "delivery", "nodes");

    /** The shortest interval allowed. */
    private static final Duration SLOTS = Duration.ofSeconds(30);

    private static final long BUDGET = 1_000_000;
    private static final String COVERED = "covered";
    private static final long LIMIT_SECONDS = 90;

    @Inject
    private BundleContext context;

    @Inject
    private Vault vault;

    @Inject
    private Personas personas;

    @Inject
    private Channels channels;

    @Inject
    private Contacts contacts;

    @Inject
    private Sessions sessions;

    @Inject
    private Messages messages;

    @Inject
    private Nodes nodes;

    @Inject
    private Wallets wallets;

    @Inject
    private Outages outages;

    @ProbeBuilder
    public TestProbeBuilder allowed(TestProbeBuilder probe) {
        return PartylineContainer.allowed(probe);
    }

    @Configuration
    public Option[] configuration() {
        return new Option[] {
            PartylineContainer.distribution(),
            editConfigurationFilePut("etc/org.partyline.engine.cfg", "roll-spacing", "0s"),
            editConfigurationFilePut("etc/org.partyline.engine.cfg", "chain-messages", String.valueOf(CHAIN_MESSAGES))
        };
    }

    /** How a bundle is swapped. */
    private enum Way {
        STOPPED,
        UPDATED,
        REFRESHED
    }

    /** A message that was sent, and may have arrived. */
    private record Sent(long at, String during) {}

    private final Map<String, Sent> sent = new ConcurrentHashMap<>();
    private final Map<String, Long> arrived = new ConcurrentHashMap<>();
    private final List<String> twice = new java.util.concurrent.CopyOnWriteArrayList<>();
    private final AtomicInteger count = new AtomicInteger();
    /** Messages that must open a chain first. */
    private final AtomicInteger openers = new AtomicInteger();

    /** Whether messages wait for slots. */
    private volatile boolean covered;

    private final AtomicReference<String> during = new AtomicReference<>("nothing");
    private final AtomicReference<Throwable> refused = new AtomicReference<>();

    @Before
    public void twoPersonasWithAChannelAndASession() throws Exception {
        PartylineContainer.awaitStart(context);
        if (vault.state() != Store.State.NEW) {
            return;
        }
        vault.create(PASSPHRASE.toCharArray());
        nodes.add("embedded", "embedded", Map.of("block-interval", "2s"));
        personas.rename("me", "alice");
        personas.create("bob");
        personas.create("carol");
        for (String persona : List.of("alice", "bob", "carol")) {
            for (String channel : List.of("lobby", "plaza")) {
                channels.join(
                        new Channels.Join(
                                Optional.of(persona),
                                channel,
                                Channels.Mode.RATCHET,
                                Optional.of(new KdfParameters(KdfId.ARGON2ID, 5, 8192, 1)),
                                Optional.of(Network.EMBEDDED)),
                        "channel passphrase".toCharArray());
            }
            wallets.freshAddress(Optional.of(persona), Optional.empty(), Optional.empty());
        }
        contacts.add(
                Optional.of("alice"),
                personas.card(Optional.of("bob"), Optional.of(Network.EMBEDDED)),
                Optional.of("bob"));
        contacts.add(
                Optional.of("bob"),
                personas.card(Optional.of("alice"), Optional.of(Network.EMBEDDED)),
                Optional.of("alice"));
    }

    private AutoCloseable listen() {
        return messages.follow(
                new Messages.Query(Optional.of("bob"), Optional.empty(), Optional.empty(), Optional.empty()),
                event -> event.message().flatMap(Messages.Message::text).ifPresent(this::heard));
    }

    private void heard(String text) {
        if (sent.containsKey(text) && arrived.putIfAbsent(text, System.nanoTime()) != null) {
            twice.add(text);
        }
    }

    /** Starts or stops a persona's cover traffic; no message is sent meanwhile, as different options are allowed. */
    private synchronized void cover(String persona, boolean on) throws Exception {
        await("cover traffic is there", () -> now(Cover.class) != null);
        if (on) {
            now(Cover.class).start(Optional.of(persona), SLOTS, BUDGET);
        } else {
            now(Cover.class).stop(Optional.of(persona));
        }
        covered = on && persona.equals("alice");
    }

    private Cover.Status coverOf(String persona) throws Exception {
        return now(Cover.class).status().stream()
                .filter(status -> status.persona().equals(persona))
                .findFirst()
                .orElseThrow();
    }

    /** Sends a message that waits for a slot of the persona that has cover traffic all the time. */
    private void sendUnderCover(String during) throws Exception {
        String text = COVERED + " " + during;
        sent.put(text, new Sent(System.nanoTime(), COVERED));
        messages.send(new Messages.Send(Optional.of("carol"), "lobby", text, Optional.empty(), false));
    }

    /** Of ten messages, two are in a rolling transaction, four in another channel, four on a session. */
    private synchronized void send() {
        int number = count.get();
        boolean rolling = number % 5 == 0;
        boolean direct = !rolling && number % 2 == 1;
        String text = "message " + number;
        sent.put(text, new Sent(System.nanoTime(), during.get()));
        try {
            Messages.Receipt receipt = messages.send(new Messages.Send(
                    Optional.of("alice"),
                    direct,
                    direct ? "bob" : rolling ? "plaza" : "lobby",
                    text,
                    Optional.empty(),
                    false,
                    false,
                    Optional.empty(),
                    // Under cover traffic, all use the configured carrier.
                    covered
                            ? Optional.empty()
                            : Optional.of(rolling ? Messages.Carrier.ROLLING : Messages.Carrier.CONFIRM)));
            if (receipt.packets() > 1) {
                openers.incrementAndGet();
            }
        } catch (Exception | LinkageError e) {
            refused.compareAndSet(null, new AssertionError("during " + during.get(), e));
        }
        count.incrementAndGet();
    }

    /** Waits until this many more messages were sent. */
    private void awaitSent(int more) throws InterruptedException {
        int wanted = count.get() + more;
        await("messages leave", () -> count.get() >= wanted);
    }

    /** Waits for all messages except those that wait for slots. */
    private void awaitArrived() throws InterruptedException {
        Set<String> all =
                sent.keySet().stream().filter(text -> !text.startsWith(COVERED)).collect(Collectors.toSet());
        await("all have arrived", () -> arrived.keySet().containsAll(all));
    }

    /** A condition whose check may throw. */
    private interface Condition {
        boolean holds() throws Exception;
    }

    private void await(String what, Condition condition) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        CountDownLatch never = new CountDownLatch(1);
        while (true) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (Exception e) {
                refused.compareAndSet(null, e);
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("given up: " + what + "; missing " + missing() + "; " + state());
            }
            never.await(20, TimeUnit.MILLISECONDS);
        }
    }

    /** Returns the server's description of its state, without any message text. */
    private String state() {
        try {
            Map<String, Long> reasons = messages.outbox(false).stream()
                    .filter(out -> out.state().compareTo(Messages.State.SENT) < 0)
                    .collect(Collectors.groupingBy(
                            out -> out.state() + " " + out.reason(), TreeMap::new, Collectors.counting()));
            return "waiting " + reasons + "; nodes " + nodes.list() + "; outages " + outages.list();
        } catch (Exception e) {
            return e.toString();
        }
    }

    private Map<String, Long> missing() {
        return sent.entrySet().stream()
                .filter(entry -> !arrived.containsKey(entry.getKey()))
                .collect(
                        Collectors.groupingBy(entry -> entry.getValue().during(), TreeMap::new, Collectors.counting()));
    }

    private Bundle bundle(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> bundle.getSymbolicName().equals(OURS + name))
                .findFirst()
                .orElseThrow();
    }

    private List<String> swappable() {
        return Arrays.stream(context.getBundles())
                // A fragment of another bundle has no lifecycle of its own.
                .filter(bundle -> bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null)
                .map(Bundle::getSymbolicName)
                .filter(name -> name != null && name.startsWith(OURS))
                .map(name -> name.substring(OURS.length()))
                .filter(name -> !KERNEL.contains(name))
                .sorted()
                .toList();
    }

    private void swap(Collection<String> names, Way way) throws Exception {
        switch (way) {
            case STOPPED -> {
                for (String name : names) {
                    bundle(name).stop();
                }
                awaitSent(APART);
                for (String name : names) {
                    bundle(name).start();
                }
            }
            case UPDATED -> {
                // All before the first update: one of them may be the bundle that finds the others' files.
                Map<Bundle, byte[]> files = new LinkedHashMap<>();
                for (String name : names) {
                    Bundle bundle = bundle(name);
                    try (InputStream file =
                            URI.create(bundle.getLocation()).toURL().openStream()) {
                        files.put(bundle, file.readAllBytes());
                    }
                }
                for (Map.Entry<Bundle, byte[]> file : files.entrySet()) {
                    file.getKey().update(new ByteArrayInputStream(file.getValue()));
                }
            }
            default -> refresh(names);
        }
        awaitSent(APART);
    }

    private void refresh(Collection<String> names) throws InterruptedException {
        CountDownLatch refreshed = new CountDownLatch(1);
        context.getBundle(0)
                .adapt(FrameworkWiring.class)
                .refreshBundles(names.stream().map(this::bundle).toList(), event -> {
                    if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                        refreshed.countDown();
                    }
                });
        assertTrue("refreshed", refreshed.await(LIMIT_SECONDS, TimeUnit.SECONDS));
    }

    private Instant sessionSince() throws Exception {
        return sessions.list(Optional.of("alice")).get(0).since();
    }

    @Test
    public void nothingIsLostAndNothingArrivesTwiceWhicheverBundleIsSwapped() throws Exception {
        ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
        try (AutoCloseable listening = listen()) {
            sender.scheduleWithFixedDelay(this::send, 0, BETWEEN_MESSAGES.toMillis(), TimeUnit.MILLISECONDS);
            awaitSent(40);
            awaitArrived();
            Instant since = sessionSince();
            int opened = openers.get();
            List<String> names = swappable();
            assertTrue("carriers are among them", names.containsAll(List.of("carrier-confirm", "carrier-rolling")));
            cover("carol", true);
            for (String name : names) {
                boolean covers = UNDER_COVER.contains(name);
                sendUnderCover(name);
                if (covers) {
                    awaitArrived();
                    cover("alice", true);
                }
                for (Way way : Way.values()) {
                    during.set(name + " " + way + (covers ? ", with cover" : ""));
                    swap(List.of(name), way);
                }
                if (covers) {
                    cover("alice", false);
                    awaitArrived();
                }
            }
            Random chance = new Random(7);
            for (int i = 0; i < PAIRS; i++) {
                List<String> pair = new ArrayList<>(names);
                java.util.Collections.shuffle(pair, chance);
                during.set(pair.subList(0, 2).toString());
                swap(pair.subList(0, 2), Way.values()[i % 3]);
            }
            during.set("nothing, at the end");
            awaitSent(20);
            sender.shutdown();
            assertTrue(sender.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS));
            awaitArrived();
            await(
                    "cover traffic goes on",
                    () -> now(Cover.class) != null && coverOf("carol").running());
            Cover.Status after = coverOf("carol");
            assertEquals("as it was ordered", SLOTS, after.mean());
            assertEquals("as it was ordered", BUDGET, after.budget());
            assertTrue("packets left in slots: " + after, after.messages() + after.decoys() > 0);
            cover("carol", false);
            await("what waited for slots has arrived", () -> arrived.keySet().containsAll(sent.keySet()));
            assertEquals("none is refused", null, refused.get());
            assertEquals("none arrives twice", List.of(), twice);
            assertEquals("no session is opened anew", since, sessionSince());
            int due = 2 * (count.get() / CHAIN_MESSAGES + 1);
            assertTrue("no chain is begun because of a swap", openers.get() - opened <= due);
            print();
        } finally {
            sender.shutdownNow();
        }
    }

    /** Returns the present service; null if there is none. */
    private <T> T now(Class<T> type) {
        ServiceReference<T> reference = context.getServiceReference(type);
        return reference == null ? null : context.getService(reference);
    }

    /** Waits until the server is available again, and opens the store. */
    private void awaitOpen() throws InterruptedException {
        await("the store is open", () -> {
            Vault current = now(Vault.class);
            if (current != null && current.state() == Store.State.LOCKED) {
                current.unlock(PASSPHRASE.toCharArray());
            }
            return current != null && current.state() == Store.State.OPEN && now(Messages.class) != null;
        });
    }

    private Map<String, Long> received(String prefix) throws Exception {
        return now(Messages.class)
                .messages(new Messages.Query(Optional.of("bob"), Optional.empty(), Optional.empty(), Optional.empty()))
                .stream()
                .flatMap(message -> message.text().stream())
                .filter(text -> text.startsWith(prefix))
                .collect(Collectors.groupingBy(text -> text, Collectors.counting()));
    }

    @Test
    public void nothingIsLostAndNothingArrivesTwiceWhenTheStoreOrTheEngineIsSwapped() throws Exception {
        Set<String> stored = ConcurrentHashMap.newKeySet();
        AtomicInteger tried = new AtomicInteger();
        ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
        try {
            sender.scheduleWithFixedDelay(
                    () -> {
                        String text = "vault " + tried.getAndIncrement();
                        boolean direct = text.endsWith("1");
                        try {
                            now(Messages.class)
                                    .send(new Messages.Send(
                                            Optional.of("alice"),
                                            direct,
                                            direct ? "bob" : "lobby",
                                            text,
                                            Optional.empty(),
                                            false,
                                            false));
                            stored.add(text);
                        } catch (Exception | LinkageError e) {
                            // Rejected, or interrupted by the server's end: it may have been stored, once.
                        }
                    },
                    0,
                    BETWEEN_MESSAGES.toMillis(),
                    TimeUnit.MILLISECONDS);
            for (String name : List.of("store-jdbc", "state", "vault")) {
                for (Way way : Way.values()) {
                    int before = stored.size();
                    await("messages are taken", () -> stored.size() >= before + APART);
                    Bundle bundle = bundle(name);
                    switch (way) {
                        case STOPPED -> {
                            bundle.stop();
                            bundle.start();
                        }
                        case UPDATED -> {
                            try (InputStream file =
                                    URI.create(bundle.getLocation()).toURL().openStream()) {
                                bundle.update(file);
                            }
                        }
                        default -> refresh(List.of(name));
                    }
                    awaitOpen();
                }
            }
            int before = stored.size();
            await("messages are taken", () -> stored.size() >= before + APART);
            sender.shutdown();
            assertTrue(sender.awaitTermination(LIMIT_SECONDS, TimeUnit.SECONDS));
            await("all have arrived", () -> received("vault ").keySet().containsAll(stored));
            assertEquals(
                    "none arrives twice",
                    Set.of(1L),
                    Set.copyOf(received("vault ").values()));
            System.out.println(
                    "swap: store, state and vault: " + stored.size() + " messages of " + tried.get() + " tries");
        } finally {
            sender.shutdownNow();
        }
    }

    private void print() {
        Map<String, List<Long>> delays = new TreeMap<>();
        sent.forEach((text, message) -> delays.computeIfAbsent(message.during(), none -> new ArrayList<>())
                .add(TimeUnit.NANOSECONDS.toMillis(arrived.get(text) - message.at())));
        delays.forEach((what, all) -> {
            List<Long> sorted = all.stream().sorted().toList();
            System.out.println("swap: " + what + ": " + sorted.size() + " messages, median "
                    + sorted.get(sorted.size() / 2) + " ms, p99 " + sorted.get((sorted.size() * 99 - 1) / 100) + " ms");
        });
    }
}
