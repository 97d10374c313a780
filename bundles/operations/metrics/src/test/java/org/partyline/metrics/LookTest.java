package org.partyline.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Outages;
import org.partyline.api.engine.Vault;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.metrics.Backlog;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.store.Store;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.testkit.HandSetClock;

/** The published data contains no names, texts or ids, and does not change with one more message. */
class LookTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final String TXID = "00112233445566778899aabbccddeeff00112233445566778899aabbccddee" + "ff";
    private static final String ONION = "canaryonionhostabcdefghijklmnopqrstuvwxyz234567abcdefghi.onion";
    /** Each is in some field that a measurement reads. */
    private static final List<String> CANARIES = List.of(
            "canarypersona",
            "canarychannel",
            "canarycontact",
            "canarynode",
            "canaryreason",
            "canarywords",
            "canarypassphrase",
            "canarybundle",
            "canarycheck",
            "bcrt1qcanary",
            "198.51.100.7",
            TXID,
            ONION);

    @TempDir
    Path home;

    private final HandSetClock clock = new HandSetClock(NOW);
    private final List<Messages.QueueEntry> outbox = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    private final StageNumbers stages = new StageNumbers();
    private long spent = 100;
    private int parked = 3;
    private Store.State state = Store.State.OPEN;
    private Cover.Status cover;
    private Fakes sources;
    private Look look;

    @BeforeEach
    void furnish() throws Exception {
        Files.createDirectories(home.resolve("store"));
        cover = cover(7, 12);
        findings.add(Finding.unsafe("nodes", "node canarynode.onion at 198.51.100.7: canaryreason", "canarywords"));
        findings.add(Finding.warning("contacts", "canarycontact is not verified", "canarycontact"));
        findings.add(Finding.ok("canarycheck", "canarywords"));
        sources = new Fakes()
                .with(Vault.class, "state", () -> state)
                .with(Vault.class, "collected", () -> 0L)
                .with(Vault.class, "dropped", () -> 0L)
                .with(Messages.class, "queue", () -> List.copyOf(outbox))
                .with(Backlog.class, "level", () -> new Backlog.Level(4, 12, parked))
                .with(Nodes.class, "list", () -> List.of(node()))
                .with(
                        Fees.class,
                        "status",
                        () -> List.of(new Fees.FeeStatus(
                                Network.REGTEST,
                                "canarynode",
                                Optional.of(new FeeRate(1500)),
                                6,
                                new FeeRate(100),
                                new FeeRate(100),
                                new FeeRate(50_000),
                                new FeeRate(1600),
                                300)))
                .with(Fees.class, "limits", () -> new Fees.Limits(5000, 20_000, spent, 100_000, spent, 0, 20, true))
                .with(Cover.class, "status", () -> List.of(cover))
                .with(
                        Outages.class,
                        "list",
                        () -> List.of(new Outages.Outage("canarybundle", "1", "stopped", Optional.empty())))
                .with(Doctor.class, "examine", () -> List.copyOf(findings));
        look = new Look(
                sources,
                List.of(
                        new NodeNumbers(),
                        new QueueNumbers(clock, new Waiting(StepsTest.always(0))),
                        stages,
                        new MoneyNumbers(),
                        new StoreNumbers(home),
                        // Not the process, whose heap is this test's.
                        new BundleNumbers()),
                clock);
    }

    private static Cover.Status cover(long messages, long decoys) {
        return new Cover.Status(
                "canarypersona",
                true,
                "canaryreason",
                Duration.ofMinutes(5),
                10_000,
                300,
                Optional.of(NOW),
                messages,
                decoys);
    }

    private static Nodes.Node node() {
        return new Nodes.Node(
                "canarynode",
                "rpc",
                Network.REGTEST,
                false,
                new NodeStatus(
                        NodeStatus.State.READY,
                        "canaryreason " + ONION,
                        "canarysoftware",
                        Optional.of(new BlockRef(204, TxId.of(TXID), NOW)),
                        37,
                        Optional.empty(),
                        "zmq",
                        "198.51.100.7"),
                RelayPolicy.CONSERVATIVE,
                5,
                6,
                1,
                new Nodes.Shown(10, 3, 1),
                Optional.of(new Nodes.Quarantine(NodeFault.WITHHOLDS, "canaryreason", NOW)));
    }

    private Messages.QueueEntry waiting(long id, Messages.State as, Instant queued) {
        return new Messages.QueueEntry(id, as, "canaryreason bcrt1qcanary", queued);
    }

    private String metrics() {
        return new String(look.take().metrics(), StandardCharsets.UTF_8);
    }

    private static double value(String text, String name) {
        Matcher matcher = Pattern.compile("(?m)^" + Pattern.quote(name) + " ([0-9.Ee+-]+)$")
                .matcher(text);
        assertTrue(matcher.find(), () -> name + " is not in " + text);
        return Double.parseDouble(matcher.group(1));
    }

    @Test
    void numbersAreThoseOfTheServer() {
        outbox.add(waiting(1, Messages.State.QUEUED, NOW.minus(Duration.ofHours(2))));
        String text = metrics();
        assertEquals(0, value(text, "partyline_nodes_usable"));
        assertEquals(1, value(text, "partyline_nodes{network=\"regtest\",state=\"quarantined\"}"));
        assertEquals(204, value(text, "partyline_node_height{node=\"1\"}"));
        assertEquals(2, value(text, "partyline_node_withheld_transactions{node=\"1\"}"));
        assertEquals(1, value(text, "partyline_node_fault{fault=\"withholds\",node=\"1\"}"));
        assertEquals(3600, value(text, "partyline_queue_oldest_seconds"));
        assertEquals(0, value(text, "partyline_queue_messages"));
        assertEquals(10, value(text, "partyline_packets_unmatched"));
        assertEquals(1.5, value(text, "partyline_fee_rate_sat_per_vbyte{kind=\"estimate\",network=\"regtest\"}"));
        assertEquals(1, value(text, "partyline_store_state{state=\"open\"}"));
        assertEquals(2, value(text, "partyline_health"));
        assertEquals(2, value(text, "partyline_health_check{check=\"nodes\"}"));
        assertEquals(1, value(text, "partyline_bundles_stopped"));
        assertEquals(0, value(text, "partyline_bundle_swaps_total"));
        assertEquals(NOW.getEpochSecond(), value(text, "partyline_looked_timestamp_seconds"));
    }

    @Test
    void nothingOfWhatIsReadIsToldButNumbers() {
        outbox.add(waiting(1, Messages.State.QUEUED, NOW));
        outbox.add(waiting(2, Messages.State.SEALED, NOW));
        Published told = look.take();
        String all = new String(told.metrics(), StandardCharsets.UTF_8)
                + new String(told.health().json(), StandardCharsets.UTF_8);
        CANARIES.forEach(canary -> assertFalse(all.contains(canary), () -> canary + " is told: " + all));
        assertFalse(all.contains("canary"), all);
        assertFalse(all.contains("contacts"), "a check of what persons have is named: " + all);
    }

    @Test
    void whatFailsIsLeftOutAndNothingOfItIsTold() {
        sources.with(Messages.class, "queue", () -> {
            throw new IllegalStateException("canarywords");
        });
        sources.with(Doctor.class, "examine", () -> {
            throw new IllegalStateException("canarywords");
        });
        Published told = look.take();
        String text = new String(told.metrics(), StandardCharsets.UTF_8);
        assertFalse(text.contains("canary"), text);
        assertFalse(text.contains("partyline_queue_messages"), text);
        assertEquals(1, value(text, "partyline_nodes{network=\"regtest\",state=\"quarantined\"}"));
        assertEquals(1, value(text, "partyline_health"));
    }

    @Test
    void oneMessageMoreChangesNothing() {
        String before = metrics();
        outbox.add(waiting(1, Messages.State.QUEUED, NOW));
        assertEquals(before, metrics(), "it waits");
        outbox.set(0, waiting(1, Messages.State.SENT, NOW));
        spent += 200;
        stages.departed(Duration.ofSeconds(40));
        assertEquals(before, metrics(), "it has left and was paid for");
        parked++;
        stages.strangerRecognised(900_000);
        assertEquals(before, metrics(), "one has come");
        findings.add(Finding.warning("legacy", "1 message of version 1", ""));
        findings.add(Finding.warning("keys", "100001 messages", ""));
        findings.add(Finding.warning("fees", "80 % are spent", ""));
        assertEquals(before, metrics(), "the doctor saw it");
    }

    @Test
    void underCoverAMessageAndADecoyAreTheSame() {
        String before = metrics();
        cover = cover(8, 12);
        String message = metrics();
        cover = cover(7, 13);
        assertEquals(message, metrics());
        assertEquals(before, message);
    }

    /** The next store may be another one that never sent anything. */
    @Test
    void aMeasurementOfALockedStoreForgetsTheTimesOfItsPackets() {
        for (int i = 0; i < HundredsMean.HUNDRED; i++) {
            stages.departed(Duration.ofSeconds(40));
            stages.strangerRecognised(2_000_000);
        }
        assertEquals(20, value(metrics(), "partyline_departure_delay_seconds"));
        assertEquals(0.002, value(metrics(), "partyline_recognition_seconds"));
        state = Store.State.LOCKED;
        metrics();
        state = Store.State.OPEN;
        assertEquals(0, value(metrics(), "partyline_departure_delay_seconds"));
        assertEquals(0, value(metrics(), "partyline_recognition_seconds"));
    }

    @Test
    void aLockedServerTellsThatItIsLockedAndReadsNothing() {
        state = Store.State.LOCKED;
        sources.with(Messages.class, "queue", () -> {
            throw new AssertionError("it is locked");
        });
        String text = metrics();
        assertEquals(1, value(text, "partyline_store_state{state=\"locked\"}"));
        assertEquals(0, value(text, "partyline_queue_messages"));
        assertFalse(text.contains("partyline_budget_used_ratio{"), text);
    }

    @Test
    void labelsAreAFewWords() {
        TreeSet<String> names = new TreeSet<>();
        Matcher matcher = Pattern.compile("([a-z]+)=\"").matcher(metrics());
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        assertEquals(List.of("cap", "check", "fault", "kind", "network", "node", "state"), List.copyOf(names));
    }

    @Test
    void whatIsUnsafeOfPersonsIsToldWithoutAName() {
        findings.clear();
        findings.add(Finding.warning("contacts", "x", ""));
        assertEquals("{\"health\":\"ok\",\"checks\":{}}\n", json());
        findings.add(Finding.unsafe("contacts", "x", ""));
        assertEquals("{\"health\":\"unsafe\",\"checks\":{}}\n", json());
    }

    private String json() {
        return new String(look.take().health().json(), StandardCharsets.UTF_8);
    }

    @Test
    void aServiceThatIsAwayIsNoFailure() throws PartylineException {
        look = new Look(new Fakes(), List.of(new NodeNumbers(), new MoneyNumbers(), new StoreNumbers(home)), clock);
        assertEquals(0, value(metrics(), "partyline_nodes_usable"));
        assertEquals(1, value(metrics(), "partyline_health"));
    }
}
