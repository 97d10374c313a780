package org.partyline.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.TxId;
import org.partyline.api.audit.AuditLog;
import org.partyline.api.bundles.ForeignBundles;
import org.partyline.api.engine.Contacts;
import org.partyline.api.engine.Cover;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Messages;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Outages;
import org.partyline.api.engine.Personas;
import org.partyline.api.engine.Privacy;
import org.partyline.api.engine.Sessions;
import org.partyline.api.engine.Vault;
import org.partyline.api.engine.Wallets;
import org.partyline.api.health.Finding;
import org.partyline.api.health.Finding.Verdict;
import org.partyline.api.health.HealthCheck;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.secrets.Hardening;
import org.partyline.api.secrets.Unattended;
import org.partyline.api.store.Store;
import org.partyline.api.store.StoreException;
import org.partyline.api.transport.AccountStatus;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;

/** Each check finds what is right right, and what is unsafe unsafe, and says what to do. */
class ChecksTest {
    private static final Instant NOW = Instant.parse("2026-11-27T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
    private static final Path NOWHERE = Path.of("/proc/missing");

    private static Fakes open() {
        return new Fakes()
                .with(Vault.class, "state", Store.State.OPEN)
                .with(Vault.class, "dropped", 0L)
                .with(Vault.class, "warnings", List.of());
    }

    /** The only finding that is not OK. */
    private static Finding only(HealthCheck check) throws PartylineException {
        List<Finding> bad = check.examine().stream()
                .filter(finding -> finding.verdict() != Verdict.OK)
                .toList();
        assertEquals(1, bad.size(), bad::toString);
        assertEquals(check.name(), bad.get(0).check());
        return bad.get(0);
    }

    private static void assertWell(HealthCheck check) throws PartylineException {
        List<Finding> all = check.examine();
        assertTrue(!all.isEmpty() && all.stream().allMatch(finding -> finding.verdict() == Verdict.OK), all::toString);
    }

    @Test
    void aJavaThatWasNotTriedAndAHeapThatIsTooSmallAreToldOf() throws PartylineException {
        long enough = 512L << 20;
        assertWell(java(17, enough));
        assertWell(java(23, enough));
        assertEquals(Verdict.WARNING, only(java(24, enough)).verdict());
        assertEquals(Verdict.WARNING, only(java(16, enough)).verdict());
        assertTrue(only(java(17, 64L << 20)).remedy().contains("PARTYLINE_HEAP=160m"));
    }

    private static JavaCheck java(int version, long heap) {
        return new JavaCheck(version, Optional.of(LocalDate.of(2026, 10, 20)), CLOCK, heap);
    }

    @Test
    void aJavaThatLacksAYearOfFixesIsToldOf() throws PartylineException {
        long enough = 512L << 20;
        LocalDate newest = LocalDate.ofInstant(NOW, ZoneOffset.UTC).minusDays(399);
        assertWell(new JavaCheck(17, Optional.of(newest), CLOCK, enough));
        assertWell(new JavaCheck(17, Optional.empty(), CLOCK, enough));
        assertTrue(only(new JavaCheck(17, Optional.of(newest.minusDays(2)), CLOCK, enough))
                .what()
                .startsWith("this Java is from 2025-10-22"));
    }

    @Test
    void aBundleOfAnotherVersionIsNamed() throws PartylineException {
        Map<String, String> bundles = Map.of("org.partyline.a", "0.2.0", "org.partyline.b", "0.2.0");
        assertWell(new VersionsCheck(() -> bundles, "Karaf and Java"));
        Map<String, String> mixed = new HashMap<>(bundles);
        mixed.put("org.partyline.fees", "0.1.0");
        assertEquals(
                "bundle org.partyline.fees is 0.1.0, but the others are 0.2.0: this combination is not tested",
                only(new VersionsCheck(() -> mixed, "Karaf and Java")).what());
    }

    @Test
    void numbersThatAreNotTheSystemsAreUnsafe() throws PartylineException {
        assertWell(new RandomnessCheck("NativePRNG"));
        assertWell(new RandomnessCheck("Windows-PRNG"));
        assertEquals(Verdict.UNSAFE, only(new RandomnessCheck("DRBG")).verdict());
        assertEquals(Verdict.UNSAFE, only(new RandomnessCheck("SHA1PRNG")).verdict());
    }

    @Test
    void coreDumpsAreUnsafeAndSwapIsAWarning() throws PartylineException {
        assertWell(new ProcessCheck(
                new Fakes().with(Hardening.class, "items", List.of(new Hardening.Item("core-dumps", true, "off")))));
        assertEquals(
                Verdict.UNSAFE,
                only(new ProcessCheck(new Fakes()
                                .with(
                                        Hardening.class,
                                        "items",
                                        List.of(new Hardening.Item("core-dumps", false, "on")))))
                        .verdict());
        assertEquals(
                Verdict.WARNING,
                only(new ProcessCheck(new Fakes()
                                .with(Hardening.class, "items", List.of(new Hardening.Item("swap", false, "on")))))
                        .verdict());
    }

    @Test
    void theDiskIsThatOfTheStoreWhereItHasADirectory(@TempDir Path home) throws Exception {
        Optional<Path> missing = Optional.of(home.resolve("missing"));
        Fakes none = new Fakes().with(Store.class, "state", Store.State.NEW);
        DiskCheck disk = new DiskCheck(none, home, missing);
        assertThrows(PartylineException.class, disk::examine);
        Files.createDirectory(home.resolve("store"));
        assertEquals(1, disk.examine().size());
        try (Stream<Path> left = Files.list(home.resolve("store"))) {
            assertEquals(List.of(), left.toList());
        }
        assertEquals(
                1, new DiskCheck(none, NOWHERE, Optional.of(home)).examine().size());
        assertEquals(List.of(), new DiskCheck(none, NOWHERE, Optional.empty()).examine());
    }

    @Test
    void aStoreThatCannotBeWrittenIsUnsafe() throws Exception {
        Fakes fakes = new Fakes().with(Store.class, "state", Store.State.OPEN).with(Store.class, "note", null);
        DiskCheck disk = new DiskCheck(fakes, NOWHERE, Optional.empty());
        assertEquals(List.of(), disk.examine());
        fakes.with(Store.class, "note", new StoreException("its disk is read-only"));
        assertEquals(List.of(Finding.unsafe("disk", "its disk is read-only", "")), disk.examine());
        fakes.with(Store.class, "state", Store.State.LOCKED);
        assertEquals(List.of(), disk.examine(), "a locked one is not touched");
    }

    @Test
    void aDirectoryThatCannotBeWrittenIsUnsafe() throws Exception {
        Fakes none = new Fakes().with(Store.class, "state", Store.State.NEW);
        // Nobody, not even root, can create a file in there.
        List<Finding> found = new DiskCheck(none, NOWHERE, Optional.of(Path.of("/proc/self"))).examine();
        Finding finding = found.get(found.size() - 1);
        assertEquals("nothing can be written to /proc/self: messages wait", finding.what());
        assertEquals(Verdict.UNSAFE, finding.verdict());
    }

    @Test
    void aDiskThatIsNearlyFullIsUnsafe() {
        Path place = Path.of("/somewhere");
        assertEquals(Verdict.OK, DiskCheck.finding(place, 512L << 20).verdict());
        assertEquals(Verdict.WARNING, DiskCheck.finding(place, (512L << 20) - 1).verdict());
        assertEquals(Verdict.WARNING, DiskCheck.finding(place, 64L << 20).verdict());
        assertEquals(Verdict.UNSAFE, DiskCheck.finding(place, (64L << 20) - 1).verdict());
        assertTrue(DiskCheck.finding(place, 0).remedy().endsWith("/somewhere"));
    }

    @Test
    void aBundleThatDoesNotRunIsNamedWithTheCommandThatStartsIt() throws PartylineException {
        assertWell(new BundlesCheck(new Fakes().with(Outages.class, "list", List.of())));
        Outages.Outage out = new Outages.Outage("org.partyline.fees", "0.1.0", "stopped", Optional.empty());
        assertEquals(
                "bundle:start org.partyline.fees",
                only(new BundlesCheck(new Fakes().with(Outages.class, "list", List.of(out))))
                        .remedy());
        Outages.Outage cover = new Outages.Outage("org.partyline.cover", "0.1.0", "stopped", Optional.empty());
        assertEquals(
                "bundle org.partyline.cover is stopped: cover traffic is off; messages leave by their "
                        + "own schedule",
                only(new BundlesCheck(new Fakes().with(Outages.class, "list", List.of(cover))))
                        .what());
    }

    private static ForeignCheck foreign(List<String> problems, ForeignBundles.ForeignBundle... bundles) {
        return new ForeignCheck(new Fakes()
                .with(ForeignBundles.class, "list", List.of(bundles))
                .with(ForeignBundles.class, "problems", problems)
                .with(ForeignBundles.class, "allowList", "/home/etc/allowed-bundles"));
    }

    private static ForeignBundles.ForeignBundle stranger(boolean allowed, boolean running) {
        return new ForeignBundles.ForeignBundle(9, "com.example", "1.0.0", "", allowed, running, "");
    }

    @Test
    void foreignBundlesAreToldOfByWhatIsAllowed() throws PartylineException {
        assertWell(foreign(List.of()));
        assertWell(foreign(List.of(), stranger(true, true)));
        assertEquals(
                Verdict.WARNING,
                only(foreign(List.of(), stranger(false, false))).verdict());
        assertEquals(
                Verdict.UNSAFE, only(foreign(List.of(), stranger(false, true))).verdict());
        assertEquals(
                Verdict.UNSAFE,
                only(foreign(List.of("others may write it"), stranger(true, true)))
                        .verdict());
    }

    private static Unattended.Status rests(Unattended.Source source, Unattended.Source... alsoIn) {
        return new Unattended.Status(
                source,
                List.of(alsoIn).stream()
                        .map(place -> new Unattended.Place(place, true, true, ""))
                        .toList(),
                "");
    }

    @Test
    void aKeyThatRestsInAFileIsAWarningAndOneThatWasLeftBehindIsUnsafe() throws PartylineException {
        assertWell(new StoreCheck(open().with(Unattended.class, "status", rests(Unattended.Source.ASK))));
        assertWell(new StoreCheck(
                open().with(Unattended.class, "status", rests(Unattended.Source.KEYRING, Unattended.Source.KEYRING))));
        assertEquals(
                Verdict.WARNING,
                only(new StoreCheck(open().with(
                                        Unattended.class,
                                        "status",
                                        rests(Unattended.Source.FILE, Unattended.Source.FILE))))
                        .verdict());
        Finding left = only(new StoreCheck(
                open().with(Unattended.class, "status", rests(Unattended.Source.ASK, Unattended.Source.FILE))));
        assertEquals(Verdict.UNSAFE, left.verdict());
        assertEquals("partyline:secrets-move ask", left.remedy());
    }

    @Test
    void aStoreThatIsNotOpenSaysWhatOpensIt() throws PartylineException {
        Fakes none = open().with(Vault.class, "state", Store.State.NEW);
        assertEquals("partyline:setup", only(new StoreCheck(none)).remedy());
        Fakes locked = open().with(Vault.class, "state", Store.State.LOCKED)
                .with(Unattended.class, "status", rests(Unattended.Source.ASK));
        assertEquals("partyline:unlock", only(new StoreCheck(locked)).remedy());
        assertEquals(List.of(), new KeysCheck(locked, CLOCK).examine());
        assertEquals(List.of(), new ContactsCheck(locked).examine());
        assertEquals(List.of(), new CoinsCheck(locked).examine());
        assertEquals(List.of(), new LegacyCheck(locked).examine());
        assertEquals(List.of(), new PrivacyCheck(locked).examine());
        assertEquals(List.of(), new BackupCheck(none, CLOCK).examine());
    }

    @Test
    void whatTheVaultWarnsOfIsAFinding() throws PartylineException {
        Fakes old = open().with(Vault.class, "warnings", List.of("the store may be an old copy"))
                .with(Unattended.class, "status", rests(Unattended.Source.ASK));
        assertEquals("the store may be an old copy", only(new StoreCheck(old)).what());
    }

    private static NodeStatus status(NodeStatus.State state, String route, Instant tip) {
        return new NodeStatus(
                state,
                "",
                "/Satoshi:31.0.0/",
                Optional.of(new BlockRef(100, TxId.of("ab".repeat(32)), tip)),
                5,
                Optional.of(Duration.ofMillis(9)),
                "zmq",
                route);
    }

    private static NodeStatus says(NodeStatus.State state, String detail) {
        return new NodeStatus(state, detail, "", Optional.empty(), 0, Optional.empty(), "", "");
    }

    private static Nodes.Node node(String name, Network network, NodeStatus status, Nodes.Shown shown) {
        return new Nodes.Node(
                name, "rpc", network, false, status, RelayPolicy.CONSERVATIVE, 1, 1, 1, shown, Optional.empty());
    }

    private static Nodes.Node ready(String name, Network network) {
        return node(name, network, status(NodeStatus.State.READY, "", NOW), Nodes.Shown.NOTHING);
    }

    private static Fakes nodes(Nodes.Node... nodes) {
        return open().with(Nodes.class, "list", List.of(nodes)).with(Nodes.class, "idle", List.of());
    }

    private static Nodes.Node withPeers(String name, Network network, OptionalInt peers) {
        NodeStatus status =
                new NodeStatus(NodeStatus.State.READY, "", "", Optional.empty(), 0, Optional.empty(), "zmq", "", peers);
        return node(name, network, status, Nodes.Shown.NOTHING);
    }

    @Test
    void aNodeWithoutPeersIsUnsafeWhereThereCouldBeSome() throws PartylineException {
        Nodes.Node other = ready("b", Network.MAINNET);
        Finding unsafe = only(new NodesCheck(nodes(withPeers("a", Network.MAINNET, OptionalInt.of(0)), other)));
        assertEquals(Verdict.UNSAFE, unsafe.verdict());
        assertTrue(unsafe.what().startsWith("node a has no peers: transactions it sends reach no one"), unsafe.what());
        assertWell(new NodesCheck(nodes(withPeers("a", Network.MAINNET, OptionalInt.of(8)), other)));
        assertWell(new NodesCheck(nodes(withPeers("a", Network.MAINNET, OptionalInt.empty()), other)));
        NodesCheck alone = new NodesCheck(nodes(withPeers("a", Network.REGTEST, OptionalInt.of(0))));
        assertWell(alone);
        assertTrue(
                alone.examine().stream().anyMatch(finding -> finding.what().contains("a has no peers")),
                "it is said all the same");
    }

    @Test
    void oneNodeOfARealNetworkIsAWarningAndSeveralAreRight() throws PartylineException {
        assertWell(new NodesCheck(nodes(ready("a", Network.REGTEST))));
        assertWell(new NodesCheck(nodes(ready("a", Network.MAINNET), ready("b", Network.MAINNET))));
        assertTrue(
                only(new NodesCheck(nodes(ready("a", Network.MAINNET)))).what().startsWith("mainnet: only one node"));
        assertEquals("partyline:node-add", only(new NodesCheck(nodes())).remedy());
    }

    @Test
    void aNodeThatWithholdsOrIsRefusedOrReachedInClearIsUnsafe() throws PartylineException {
        Nodes.Node other = ready("other", Network.MAINNET);
        Nodes.Node third = ready("third", Network.MAINNET);
        Nodes.Node keeps =
                node("keeps", Network.MAINNET, status(NodeStatus.State.READY, "", NOW), new Nodes.Shown(9, 2, 2));
        assertEquals(Verdict.UNSAFE, only(new NodesCheck(nodes(keeps, other))).verdict());
        Nodes.Node refused =
                node("no", Network.MAINNET, status(NodeStatus.State.REFUSED, "", NOW), Nodes.Shown.NOTHING);
        assertEquals(
                Verdict.UNSAFE,
                only(new NodesCheck(nodes(refused, other, third))).verdict());
        Nodes.Node clear =
                node("clear", Network.MAINNET, status(NodeStatus.State.READY, "direct", NOW), Nodes.Shown.NOTHING);
        assertEquals(Verdict.UNSAFE, only(new NodesCheck(nodes(clear, other))).verdict());
        Nodes.Node silent =
                node("silent", Network.MAINNET, status(NodeStatus.State.UNREACHABLE, "", NOW), Nodes.Shown.NOTHING);
        assertEquals(
                Verdict.WARNING,
                only(new NodesCheck(nodes(silent, other, third))).verdict());
    }

    @Test
    void aNodesNameIsSaidOnce() throws PartylineException {
        Nodes.Node other = ready("other", Network.MAINNET);
        Nodes.Node third = ready("third", Network.MAINNET);
        Nodes.Node silent = node(
                "core",
                Network.MAINNET,
                says(NodeStatus.State.UNREACHABLE, "node core does not answer at 127.0.0.1:8332"),
                Nodes.Shown.NOTHING);
        assertEquals(
                "node core does not answer at 127.0.0.1:8332",
                only(new NodesCheck(nodes(silent, other, third))).what());
        Nodes.Node refused = node(
                "core",
                Network.MAINNET,
                says(NodeStatus.State.REFUSED, "node core: the password is wrong"),
                Nodes.Shown.NOTHING);
        assertEquals(
                "node core cannot be used: the password is wrong",
                only(new NodesCheck(nodes(refused, other, third))).what());
    }

    @Test
    void aServerWithoutAUsableNodeIsUnsafe() throws PartylineException {
        assertEquals(Verdict.UNSAFE, only(new NodesCheck(nodes())).verdict());
        Finding beforeTheStore = only(new NodesCheck(nodes().with(Vault.class, "state", Store.State.NEW)));
        assertEquals(Verdict.WARNING, beforeTheStore.verdict());
        assertEquals("partyline:setup", beforeTheStore.remedy());
        Nodes.Node like = ready("core", Network.REGTEST);
        Nodes.Quarantine held = new Nodes.Quarantine(NodeFault.OTHER_CHAIN, "its block 94 is another", NOW);
        for (Nodes.Node useless : List.of(
                node("core", Network.REGTEST, status(NodeStatus.State.UNREACHABLE, "", NOW), Nodes.Shown.NOTHING),
                node("core", Network.REGTEST, status(NodeStatus.State.REFUSED, "", NOW), Nodes.Shown.NOTHING),
                new Nodes.Node(
                        "core",
                        "rpc",
                        Network.REGTEST,
                        true,
                        like.status(),
                        like.policy(),
                        0,
                        0,
                        0,
                        Nodes.Shown.NOTHING,
                        Optional.empty()),
                new Nodes.Node(
                        "core",
                        "rpc",
                        Network.REGTEST,
                        false,
                        like.status(),
                        like.policy(),
                        0,
                        0,
                        0,
                        Nodes.Shown.NOTHING,
                        Optional.of(held)))) {
            assertTrue(
                    new NodesCheck(nodes(useless))
                            .examine().stream()
                                    .anyMatch(finding -> finding.verdict() == Verdict.UNSAFE
                                            && finding.what().startsWith("no node can be used now")),
                    () -> useless.toString());
        }
        Nodes.Node begins = node("core", Network.REGTEST, NodeStatus.starting(), Nodes.Shown.NOTHING);
        assertTrue(
                new NodesCheck(nodes(begins)).examine().stream().allMatch(finding -> finding.verdict() == Verdict.OK));
    }

    @Test
    void aNodeWhoseBundleIsStoppedIsNotTakenForNoNode() throws PartylineException {
        Nodes.Idle idle = new Nodes.Idle("core", "rpc", "org.partyline.transport-rpc");
        Outages.Outage out = new Outages.Outage("org.partyline.transport-rpc", "0.1.0", "stopped", Optional.empty());
        Fakes stopped = nodes().with(Nodes.class, "idle", List.of(idle)).with(Outages.class, "list", List.of(out));
        Finding finding = only(new NodesCheck(stopped));
        assertEquals(Verdict.UNSAFE, finding.verdict());
        assertEquals(
                "node core is configured but not running: bundle org.partyline.transport-rpc is not running",
                finding.what());
        assertEquals("bundle:start org.partyline.transport-rpc", finding.remedy());
        Finding refused = only(new NodesCheck(stopped.with(Outages.class, "list", List.of())));
        assertTrue(refused.what().endsWith("a value in its file is invalid: see the log"), refused.what());
    }

    @Test
    void aNodeThatIsReadyAndHasAProblemIsAWarning() throws PartylineException {
        NodeStatus like = status(NodeStatus.State.READY, "", NOW);
        String problem = "node a: ZMQ at 127.0.0.1:1 is refused, so it is polled";
        NodeStatus deaf =
                new NodeStatus(like.state(), problem, "", like.tip(), 5, like.latency(), "polling every 2 s", "");
        Finding finding = only(new NodesCheck(nodes(node("a", Network.REGTEST, deaf, Nodes.Shown.NOTHING))));
        assertEquals(Verdict.WARNING, finding.verdict());
        assertEquals(problem, finding.what());
    }

    private static Messages.QueueEntry outgoing(long id, Messages.State state, String reason) {
        return new Messages.QueueEntry(id, state, reason, NOW);
    }

    @Test
    void whatWaitsAsTheSettingsSayIsNoWarningAndTheRestIsToldOncePerReason() throws PartylineException {
        for (String why : List.of(
                "it leaves at 10:00:30 UTC: a random delay",
                "it leaves at a point of the cover traffic (partyline:decoy-status)",
                "it is sent with the next version of the rolling transaction",
                "it waits until another node shows the last version of the rolling transaction",
                "it waits for message 4 before it")) {
            assertWell(new OutboxCheck(
                    open().with(Messages.class, "queue", List.of(outgoing(9, Messages.State.SEALED, why)))));
        }
        // Until a block has it, of each message by a node with private broadcast.
        assertWell(new OutboxCheck(open().with(
                        Messages.class,
                        "queue",
                        List.of(outgoing(9, Messages.State.RELAYED, "sent privately to 2 peers")))));
        String cap = "41 sat more would exceed fee-cap-hour=50000sat";
        assertEquals(
                "message 9 is queued: " + cap,
                only(new OutboxCheck(
                                open().with(Messages.class, "queue", List.of(outgoing(9, Messages.State.SEALED, cap)))))
                        .what());
        assertEquals(
                "2 messages are on hold: " + cap,
                only(new OutboxCheck(open().with(
                                        Messages.class,
                                        "queue",
                                        List.of(
                                                outgoing(9, Messages.State.ON_HOLD, cap),
                                                outgoing(10, Messages.State.ON_HOLD, cap)))))
                        .what());
        assertWell(new OutboxCheck(
                open().with(Messages.class, "queue", List.of(outgoing(9, Messages.State.FAILED, "it was given up")))));
    }

    @Test
    void whatWasDroppedWhileLockedIsToldUntilItWasReadAgain() throws PartylineException {
        Fakes dropped =
                open().with(Vault.class, "dropped", 12L).with(Unattended.class, "status", rests(Unattended.Source.ASK));
        Finding finding = only(new StoreCheck(dropped));
        assertTrue(finding.what().startsWith("12 packets were dropped while the store was locked"), finding.what());
        assertEquals("wait until the blocks are read again", finding.remedy());
    }

    @Test
    void aClockThatIsSlowIsUnsafeAndOneThatIsFastIsAWarning() throws PartylineException {
        assertWell(new ClockCheck(nodes(ready("a", Network.MAINNET)), CLOCK));
        Nodes.Node ahead = node(
                "a",
                Network.MAINNET,
                status(NodeStatus.State.READY, "", NOW.plus(Duration.ofHours(3))),
                Nodes.Shown.NOTHING);
        assertEquals(Verdict.UNSAFE, only(new ClockCheck(nodes(ahead), CLOCK)).verdict());
        NodeStatus day = status(NodeStatus.State.READY, "", NOW.minus(Duration.ofDays(1)));
        assertEquals(
                Verdict.WARNING,
                only(new ClockCheck(nodes(node("a", Network.MAINNET, day, Nodes.Shown.NOTHING)), CLOCK))
                        .verdict());
        assertWell(new ClockCheck(nodes(node("a", Network.REGTEST, day, Nodes.Shown.NOTHING)), CLOCK));
    }

    private static Fees.FeeStatus fee(Network network, long floor, long maximum) {
        FeeRate rate = new FeeRate(floor);
        return new Fees.FeeStatus(network, "a", Optional.empty(), 6, rate, rate, new FeeRate(maximum), rate, 20);
    }

    private static Fakes fees(Fees.FeeStatus status, long spent, boolean accepted) {
        return open().with(Fees.class, "status", List.of(status))
                .with(Fees.class, "warnings", List.of())
                .with(Fees.class, "limits", new Fees.Limits(5_000, 50_000, 0, 100_000, spent, 0, 15, accepted));
    }

    @Test
    void nodesWhoseFeeRatesDifferTooMuchAreAWarning() throws PartylineException {
        Finding finding = only(new FeesCheck(fees(fee(Network.REGTEST, 100, 10_000), 0, true)
                .with(Fees.class, "warnings", List.of("the fee estimates of regtest's nodes differ"))));
        assertEquals(Verdict.WARNING, finding.verdict());
        assertEquals("the fee estimates of regtest's nodes differ", finding.what());
    }

    @Test
    void whatCannotBePaidIsAWarning() throws PartylineException {
        assertWell(new FeesCheck(fees(fee(Network.MAINNET, 100, 10_000), 0, true)));
        assertEquals(
                "partyline:fee-limit --accept-mainnet",
                only(new FeesCheck(fees(fee(Network.MAINNET, 100, 10_000), 0, false)))
                        .remedy());
        assertTrue(only(new FeesCheck(fees(fee(Network.REGTEST, 20_000, 10_000), 0, false)))
                .what()
                .contains("fee-maximum"));
        assertWell(new FeesCheck(fees(fee(Network.REGTEST, 100, 10_000), 79_999, false)));
        assertTrue(only(new FeesCheck(fees(fee(Network.REGTEST, 100, 10_000), 80_000, false)))
                .what()
                .startsWith("80000 of the 100000"));
    }

    private static Wallets.Holding holding(String persona, String wallet, long coins) {
        return new Wallets.Holding(
                persona, wallet, Network.REGTEST, Optional.of(new AccountStatus("", coins, 0, 0, List.of())), "", "");
    }

    private static Personas.Persona persona(String name, Instant since, long messages) {
        return new Personas.Persona(1, name, "", true, "abcd", since, messages);
    }

    @Test
    void aPersonaWithoutCoinsAndAWalletOfTwoPersonasAreToldOf() throws PartylineException {
        List<Personas.Persona> both = List.of(persona("ann", NOW, 0), persona("bob", NOW, 0));
        Fakes right = open().with(Personas.class, "list", both)
                .with(Wallets.class, "list", List.of(holding("ann", "a", 5), holding("bob", "b", 5)));
        assertWell(new CoinsCheck(right));
        Fakes poor = open().with(Personas.class, "list", both)
                .with(Wallets.class, "list", List.of(holding("ann", "a", 5), holding("bob", "b", 0)));
        assertTrue(only(new CoinsCheck(poor)).remedy().contains("bob"));
        Wallets.Holding silent =
                new Wallets.Holding("bob", "b", Network.REGTEST, Optional.empty(), "its node does not answer", "");
        Fakes away = open().with(Personas.class, "list", both)
                .with(Wallets.class, "list", List.of(holding("ann", "a", 5), silent));
        assertTrue(only(new CoinsCheck(away)).what().contains("its node does not answer"), "not that it has no coins");
        Fakes shared = open().with(Personas.class, "list", both)
                .with(Wallets.class, "list", List.of(holding("ann", "a", 5), holding("bob", "a", 5)));
        assertTrue(only(new CoinsCheck(shared)).what().contains("2 personas"));
    }

    @Test
    void economyAndCoverThatWaitsAreWarnings() throws PartylineException {
        Fakes quiet = open().with(Cover.class, "status", List.of()).with(Privacy.class, "chosen", Optional.empty());
        assertWell(new PrivacyCheck(quiet.with(Privacy.class, "current", Optional.of(Privacy.Profile.MAXIMUM))));
        assertEquals(
                Verdict.WARNING,
                only(new PrivacyCheck(quiet.with(Privacy.class, "current", Optional.of(Privacy.Profile.ECONOMY))))
                        .verdict());
        Cover.Status waits = new Cover.Status(
                "ann", false, "no node is ready", Duration.ofMinutes(5), 100, 0, Optional.empty(), 0, 0);
        assertTrue(only(new PrivacyCheck(open().with(Privacy.class, "current", Optional.of(Privacy.Profile.BALANCED))
                        .with(Privacy.class, "chosen", Optional.empty())
                        .with(Cover.class, "status", List.of(waits))))
                .what()
                .contains("no node is ready"));
    }

    /** The defaults are those of balanced, but for rolling, which they do not use. */
    @Test
    void whereNoneWasChosenTheDefaultsAreNoWarning() throws PartylineException {
        Privacy.Setting packets = new Privacy.Setting("roll-packets", "3", "1", "several outputs stand out");
        Privacy.Setting carrier = new Privacy.Setting("carrier", "rolling", "confirm", "like any other");
        assertWell(new PrivacyCheck(profile(Optional.empty(), Optional.empty(), packets)));
        Finding changed = only(new PrivacyCheck(profile(Optional.empty(), Optional.empty(), packets, carrier)));
        assertEquals(Verdict.WARNING, changed.verdict());
        assertEquals("the settings match no privacy profile", changed.what());
    }

    private static Fakes chosen(Optional<Privacy.Profile> current, Privacy.Setting... settings) {
        return profile(Optional.of(Privacy.Profile.MAXIMUM), current, settings);
    }

    private static Fakes profile(
            Optional<Privacy.Profile> chosen, Optional<Privacy.Profile> current, Privacy.Setting... settings) {
        return open().with(Cover.class, "status", List.of())
                .with(Privacy.class, "chosen", chosen)
                .with(Privacy.class, "current", current)
                .with(
                        Privacy.class,
                        "preview",
                        new Privacy.Preview(
                                Privacy.Profile.MAXIMUM,
                                List.of(settings),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                0,
                                Privacy.Covered.WHOLE));
    }

    /** Including jitter and cover traffic. */
    @Test
    void whatIsNotAsTheProfileThatWasChosenHasItIsToldOfByItself() throws PartylineException {
        assertWell(new PrivacyCheck(chosen(Optional.of(Privacy.Profile.MAXIMUM))));
        List<Finding> astray = new PrivacyCheck(chosen(
                        Optional.empty(),
                        new Privacy.Setting("jitter", "0s", "2m", "the time of sending reveals little"),
                        new Privacy.Setting("carrier", "confirm", "confirm", "like any other"),
                        new Privacy.Setting("cover", "off", "on, a packet every 10m", "who watches does not see")))
                .examine();
        assertEquals(
                List.of(
                        Finding.warning(
                                "privacy",
                                "jitter is 0s, but 2m in the chosen profile maximum: the time of sending reveals little",
                                "partyline:config jitter 2m"),
                        Finding.warning(
                                "privacy",
                                "cover is off, but on, a packet every 10m in the chosen profile maximum: who watches does not see",
                                "partyline:privacy maximum")),
                astray);
        assertEquals(
                "the profile maximum was chosen, but the settings match economy",
                only(new PrivacyCheck(chosen(Optional.of(Privacy.Profile.ECONOMY))))
                        .what());
    }

    private static Fakes audited(AuditLog.Entry... entries) {
        return open().with(AuditLog.class, "newest", List.of(entries));
    }

    @Test
    void aServerWithoutANewBackupIsToldOf() throws PartylineException {
        assertEquals(Verdict.WARNING, only(new BackupCheck(audited(), CLOCK)).verdict());
        AuditLog.Entry old = new AuditLog.Entry(NOW.minus(Duration.ofDays(31)), "backup-made", "");
        assertTrue(only(new BackupCheck(audited(old), CLOCK)).what().contains("31 days"));
        AuditLog.Entry fresh = new AuditLog.Entry(NOW.minus(Duration.ofDays(30)), "backup-made", "");
        assertWell(new BackupCheck(audited(old, fresh), CLOCK));
    }

    /** Whoever is restored from it could not write to its contacts, and does not get what they write. */
    @ParameterizedTest
    @ValueSource(strings = {"persona-rotated", "persona-compromised"})
    void aBackupOfKeysThatWereReplacedSinceIsOld(String event) throws PartylineException {
        AuditLog.Entry backup = new AuditLog.Entry(NOW.minus(Duration.ofDays(3)), "backup-made", "");
        AuditLog.Entry before = new AuditLog.Entry(NOW.minus(Duration.ofDays(4)), event, "");
        AuditLog.Entry since = new AuditLog.Entry(NOW.minus(Duration.ofDays(2)), event, "");
        assertWell(new BackupCheck(audited(before, backup), CLOCK));
        Finding warning = only(new BackupCheck(audited(backup, since), CLOCK));
        assertEquals(Verdict.WARNING, warning.verdict());
        assertTrue(warning.what().contains("keys were replaced after the newest backup"), warning.what());
        AuditLog.Entry again = new AuditLog.Entry(NOW.minus(Duration.ofDays(1)), "backup-made", "");
        assertWell(new BackupCheck(audited(backup, since, again), CLOCK));
    }

    @Test
    void oldOrMuchUsedKeysAreDue() throws PartylineException {
        Instant year = NOW.minus(Duration.ofDays(365));
        assertWell(new KeysCheck(open().with(Personas.class, "list", List.of(persona("ann", year, 100_000))), CLOCK));
        assertEquals(
                "partyline:persona-rotate ann",
                only(new KeysCheck(
                                open().with(
                                                Personas.class,
                                                "list",
                                                List.of(persona("ann", year.minus(Duration.ofDays(1)), 0))),
                                CLOCK))
                        .remedy());
        assertEquals(
                Verdict.WARNING,
                only(new KeysCheck(open().with(Personas.class, "list", List.of(persona("ann", NOW, 100_001))), CLOCK))
                        .verdict());
    }

    private static Contacts.Contact contact(Contacts.Trust trust, List<String> sharing) {
        return new Contacts.Contact(
                "ann",
                "bob",
                Network.REGTEST,
                trust,
                true,
                "abcd",
                NOW,
                Sessions.State.NONE,
                0,
                Optional.empty(),
                sharing,
                "",
                Optional.empty(),
                Sessions.Protection.NONE,
                false);
    }

    private static ContactsCheck contacts(Contacts.Contact contact) {
        return new ContactsCheck(open().with(Contacts.class, "listAll", List.of(contact)));
    }

    @Test
    void contactsWhoMayBeSomebodyElseAreToldOf() throws PartylineException {
        assertWell(contacts(contact(Contacts.Trust.VERIFIED, List.of())));
        assertEquals(
                Verdict.WARNING,
                only(contacts(contact(Contacts.Trust.UNVERIFIED, List.of()))).verdict());
        assertEquals(
                Verdict.UNSAFE,
                only(contacts(contact(Contacts.Trust.ROTATED, List.of()))).verdict());
        assertEquals(
                Verdict.UNSAFE,
                only(contacts(contact(Contacts.Trust.VERIFIED, List.of("eve")))).verdict());
    }

    @Test
    void sessionsThatAreNotProtectedAreToldOf() throws PartylineException {
        assertTrue(session(false, Optional.empty())
                .get(1)
                .what()
                .startsWith("bob: the session is not protected against quantum computers"));
        assertEquals(Verdict.OK, session(false, Optional.empty()).get(1).verdict());
        assertEquals(Verdict.WARNING, session(true, Optional.empty()).get(1).verdict());
        assertEquals(1, session(true, Optional.of(NOW)).size());
    }

    private static List<Finding> session(boolean required, Optional<Instant> since) throws PartylineException {
        Contacts.Contact closed = contact(Contacts.Trust.VERIFIED, List.of());
        return contacts(new Contacts.Contact(
                        closed.persona(),
                        closed.name(),
                        closed.network(),
                        closed.trust(),
                        closed.card(),
                        closed.senderId(),
                        closed.added(),
                        Sessions.State.OPEN,
                        closed.unread(),
                        closed.lastMessage(),
                        closed.sharing(),
                        closed.account(),
                        closed.receipts(),
                        new Sessions.Protection(since, 0, 0),
                        required))
                .examine();
    }

    @Test
    void messagesOfVersionOneAreToldOf() throws PartylineException {
        assertWell(new LegacyCheck(open().with(Messages.class, "legacyKept", 0L)));
        assertTrue(only(new LegacyCheck(open().with(Messages.class, "legacyKept", 1L)))
                .what()
                .startsWith("1 kept message"));
    }

    @Test
    void aBrokenAuditLogIsUnsafe() throws PartylineException {
        assertWell(new AuditCheck(audited(new AuditLog.Entry(NOW, "unlocked", ""))));
        assertEquals(
                Verdict.UNSAFE,
                only(new AuditCheck(audited(new AuditLog.Entry(NOW, "audit-chain-broken", ""))))
                        .verdict());
    }
}
