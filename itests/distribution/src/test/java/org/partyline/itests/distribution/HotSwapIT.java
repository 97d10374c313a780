package org.partyline.itests.distribution;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertSame;
import static org.junit.Assert.assertTrue;

import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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
import org.osgi.framework.BundleException;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.api.engine.Channels;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Outages;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Suites;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.store.Store;
import org.partyline.api.transport.SignedTransaction;
import org.partyline.api.transport.Transport;
import org.partyline.api.transport.Wallet;

/** Stops, starts and updates cipher suites and other bundles in the packed distribution while messages flow. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HotSwapIT {
    private static final int MESSAGES = 200;
    /** Sent while each of some bundles is swapped. */
    private static final int SWAPPED_MESSAGES = 80;

    private static final long LIMIT_SECONDS = 240;
    private static final String VERSION_ONE_PASSWORD = "hunter2";
    /** The first known answer of PROTOCOL 10. */
    private static final String VERSION_ONE_PAYLOAD =
            "{\"nonce\": \"evKX3T0jou3OqYZMmeLZRg==\", \"cipher\": \"tOBFqS9z8I5j2V48N2iiGueL"
                    + "YO/KZ9FHxUPrMyyKheBs7ytrZc3KB40FCP36GgHpBbPrRhR2ozS3RC/mcjfc1aMWltJlCar/cfHR\", "
                    + "\"tag\": \"zvNFs5Bi6qe86y/7Pg3/yw==\"}";

    private static final List<String> SUITES =
            List.of("aead-xchacha20poly1305", "aead-aes256gcm", "aead-chacha20poly1305");

    @Inject
    private BundleContext context;

    @Inject
    private Vault vault;

    @Inject
    private Personas personas;

    @Inject
    private Channels channels;

    @Inject
    private Messages messages;

    @Inject
    private Nodes nodes;

    @Inject
    private Suites suites;

    @Inject
    private Wallets wallets;

    @Inject
    private Outages outages;

    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();

    @ProbeBuilder
    public TestProbeBuilder allowed(TestProbeBuilder probe) {
        return PartylineContainer.allowed(probe);
    }

    @Configuration
    public Option[] configuration() {
        return new Option[] {PartylineContainer.distribution()};
    }

    @Before
    public void twoPersonasInOneChannel() throws Exception {
        PartylineContainer.awaitStart(context);
        if (vault.state() == Store.State.NEW) {
            vault.create("a passphrase of this test".toCharArray());
            nodes.add("embedded", "embedded", Map.of("block-interval", "2s"));
            personas.rename("me", "alice");
            personas.create("bob");
            for (String persona : List.of("alice", "bob")) {
                channels.join(
                        new Channels.Join(
                                Optional.of(persona),
                                "lobby",
                                Channels.Mode.RATCHET,
                                Optional.of(new KdfParameters(KdfId.ARGON2ID, 5, 8192, 1)),
                                Optional.of(Network.EMBEDDED)),
                        "channel passphrase".toCharArray());
                wallets.freshAddress(Optional.of(persona), Optional.empty(), Optional.empty());
            }
        }
    }

    private AutoCloseable listen() {
        return messages.follow(
                new Messages.Query(Optional.of("bob"), Optional.of("lobby"), Optional.empty(), Optional.empty()),
                event -> event.message().flatMap(Messages.Message::text).ifPresent(heard::add));
    }

    private long send(String text) throws Exception {
        return messages.send(new Messages.Send(Optional.of("alice"), "lobby", text, Optional.empty(), false))
                .id();
    }

    /** Waits until as many messages arrived as were sent; the limit is only for a broken program. */
    private List<String> hear(int count) throws InterruptedException {
        List<String> all = new ArrayList<>();
        while (all.size() < count) {
            String next = heard.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
            assertTrue("only " + all.size() + " of " + count + " were heard", next != null);
            all.add(next);
        }
        return all;
    }

    private Bundle bundle(String name) {
        for (Bundle bundle : context.getBundles()) {
            if (bundle.getSymbolicName().equals("org.partyline." + name)) {
                return bundle;
            }
        }
        throw new AssertionError("no bundle " + name);
    }

    /** Reloads the bundle's file, as {@code bundle:update} does. */
    private static void update(Bundle bundle) throws Exception {
        try (InputStream file = URI.create(bundle.getLocation()).toURL().openStream()) {
            bundle.update(file);
        }
    }

    @Test
    public void everyMessageArrivesOnceWhileSuitesAreStoppedStartedAndUpdated() throws Exception {
        try (AutoCloseable listening = listen()) {
            List<String> sent = new ArrayList<>();
            Map<String, Integer> swaps = new HashMap<>();
            for (int i = 0; i < MESSAGES; i++) {
                sent.add("message " + i);
                send(sent.get(i));
                if (i % 5 == 4) {
                    String name = SUITES.get(i / 5 % SUITES.size());
                    swap(bundle(name), swaps.merge(name, 1, Integer::sum));
                }
            }
            for (String name : SUITES) {
                bundle(name).start();
                assertTrue(name + " was swapped in each way", swaps.get(name) >= 6);
            }
            // A message that waited for its suite is reported late; the list has it in the right position.
            List<String> told = hear(MESSAGES);
            assertEquals("each is heard once", Set.copyOf(sent), Set.copyOf(told));
            assertEquals("nothing arrives twice", null, heard.poll(3, TimeUnit.SECONDS));
            List<Messages.Message> kept = messages.messages(new Messages.Query(
                    Optional.of("bob"), Optional.of("lobby"), Optional.of("alice"), Optional.empty()));
            assertEquals(
                    sent,
                    kept.stream()
                            .flatMap(message -> message.text().stream())
                            .filter(sent::contains)
                            .toList());
        }
    }

    private static void swap(Bundle bundle, int turn) throws Exception {
        switch (turn % 3) {
            case 1 -> bundle.stop();
            case 2 -> bundle.start();
            default -> update(bundle);
        }
    }

    @Test
    public void noneIsRefusedAndEachArrivesOnceWhileOtherBundlesAreStoppedStartedAndUpdated() throws Exception {
        List<String> swapped = List.of("padding", "pace", "fees", "packet");
        Vault before = service(Vault.class);
        try (AutoCloseable listening = listen()) {
            List<String> sent = new ArrayList<>();
            Set<String> reasons = new HashSet<>();
            for (String name : swapped) {
                for (int i = 0; i < SWAPPED_MESSAGES; i++) {
                    if (i % 10 == 4) {
                        swap(bundle(name), i / 10 + 1);
                    }
                    sent.add(name + " " + i);
                    String waits = messages.send(new Messages.Send(
                                    Optional.of("alice"), "lobby", sent.get(sent.size() - 1), Optional.empty(), false))
                            .waits();
                    if (bundle(name).getState() != Bundle.ACTIVE) {
                        reasons.add(name);
                        assertTrue(waits, waits.contains("org.partyline." + name + ", which is stopped since "));
                        assertTrue(outages.list().stream()
                                .anyMatch(outage -> outage.bundle().equals("org.partyline." + name)));
                    }
                }
                bundle(name).start();
            }
            assertEquals("each was stopped for a while", Set.copyOf(swapped), reasons);
            List<String> told = hear(sent.size());
            assertEquals("each is heard once", Set.copyOf(sent), Set.copyOf(told));
            assertEquals("nothing arrives twice", null, heard.poll(3, TimeUnit.SECONDS));
            assertSame("the vault stays", before, service(Vault.class));
            List<String> audited = service(AuditLog.class).newest(1000).stream()
                    .map(entry -> entry.event() + " " + entry.detail())
                    .toList();
            for (String name : swapped) {
                for (String event : List.of("bundle-stopped", "bundle-started", "bundle-updated")) {
                    assertTrue(
                            event + " " + name,
                            audited.stream().anyMatch(line -> line.startsWith(event + " org.partyline." + name + " ")));
                }
            }
        } finally {
            for (String name : swapped) {
                bundle(name).start();
            }
        }
    }

    @Test
    public void withTheLastAllowedSuiteStoppedSendsWaitAndLeaveWhenItReturns() throws Exception {
        try (AutoCloseable listening = listen()) {
            stopAll();
            Messages.Receipt receipt = messages.send(
                    new Messages.Send(Optional.of("alice"), "lobby", "waits for a suite", Optional.empty(), false));
            assertTrue(receipt.waits(), receipt.waits().contains("cipher suite"));
            assertEquals(Messages.State.QUEUED, messages.outgoing(receipt.id()).state());
            assertTrue(suites.list().stream()
                    .filter(suite -> suite.kind().equals("aead") && suite.seals())
                    .noneMatch(Suites.Suite::available));
            bundle("aead-aes256gcm").start();
            assertEquals(List.of("waits for a suite"), hear(1));
        } finally {
            for (String name : SUITES) {
                bundle(name).start();
            }
        }
    }

    private void stopAll() throws BundleException {
        for (String name : SUITES) {
            bundle(name).stop();
        }
    }

    @Test
    public void aSuiteThatIsDeniedWaitsForNothingAndTheNextOneSeals() throws Exception {
        try (AutoCloseable listening = listen()) {
            suites.deny("XCHACHA20_POLY1305");
            send("sealed with the next one");
            assertEquals(List.of("sealed with the next one"), hear(1));
        } finally {
            suites.allow("XCHACHA20_POLY1305");
        }
    }

    @Test
    public void aVersionOneMessageWaitsForItsCipherAndForItsReader() throws Exception {
        channels.join(
                new Channels.Join(
                        Optional.of("bob"),
                        "old friends",
                        Channels.Mode.RATCHET,
                        Optional.of(KdfParameters.PBKDF2_DEFAULT),
                        Optional.of(Network.EMBEDDED)),
                VERSION_ONE_PASSWORD.toCharArray());
        BlockingQueue<String> old = new LinkedBlockingQueue<>();
        try (AutoCloseable listening = messages.follow(
                new Messages.Query(Optional.of("bob"), Optional.of("old friends"), Optional.empty(), Optional.empty()),
                event -> event.message().flatMap(Messages.Message::text).ifPresent(old::add))) {
            bundle("aead-aes256eax").stop();
            bundle("legacy-v1").stop();
            Wallet wallet = service(Wallet.class);
            SignedTransaction transaction = wallet.pay(
                    Wallet.DEFAULT_ACCOUNT,
                    List.of(VERSION_ONE_PAYLOAD.getBytes(StandardCharsets.UTF_8)),
                    new FeeRate(1000));
            service(Transport.class).broadcast(transaction.raw());
            // Later messages are read by the same reader, so once this one arrives, the earlier one was read.
            send("after the old one");
            bundle("legacy-v1").start();
            assertEquals(null, old.poll(1, TimeUnit.SECONDS));
            update(bundle("aead-aes256eax"));
            bundle("aead-aes256eax").start();
            assertEquals("hello mempool", old.poll(LIMIT_SECONDS, TimeUnit.SECONDS));
            assertEquals("it is read once", null, old.poll(1, TimeUnit.SECONDS));
        } finally {
            bundle("legacy-v1").start();
            bundle("aead-aes256eax").start();
        }
    }

    private <T> T service(Class<T> type) {
        return context.getService(context.getServiceReference(type));
    }
}
