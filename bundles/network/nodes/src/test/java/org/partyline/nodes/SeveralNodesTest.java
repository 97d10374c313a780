package org.partyline.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.ServiceReference;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.TxId;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.engine.Nodes;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.nodes.NodeListener;
import org.partyline.api.nodes.NodePolicy;
import org.partyline.api.nodes.NodeReceiver;
import org.partyline.api.settings.NodeSettings;
import org.partyline.api.transport.BlockRef;
import org.partyline.api.transport.TransactionScanner;
import org.partyline.api.transport.Transport;
import org.partyline.testkit.Eventually;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.TestSettings;
import org.partyline.testkit.messaging.TestNetwork;

/** Three nodes of one network, one of which is bad: our own policies quarantine it, and it is used again. */
class SeveralNodesTest {
    private static final Duration RESEND = Duration.ofMinutes(2);
    /** As documented in docs/nodes.md. */
    private static final Duration MOST_LATE = Duration.ofMinutes(30);

    private static final Duration MEMORY = Duration.ofMinutes(15);
    private static final int MOST_WITHHELD = 20;
    private static final int MOST_OURS = 3;

    private final HandSetClock clock = new HandSetClock();
    private final TestNetwork network = new TestNetwork(clock);
    private final TestNetwork.Node one = network.node("one");
    private final TestNetwork.Node two = network.node("two");
    private final TestNetwork.Node three = network.node("three");
    private final TestSettings settings = new TestSettings();
    private final NodeRegistry nodes = new NodeRegistry(new NodeFiles(Path.of("none")), new SecureRandom(), clock);
    private final List<String> told = new ArrayList<>();
    private final Set<String> watched = ConcurrentHashMap.newKeySet();

    @BeforeEach
    void threeNodes() {
        network.mine(20);
        nodes.setOperatorSettings(settings);
        List<NodePolicy> policies = nodes.ownPolicies();
        for (int i = 0; i < policies.size(); i++) {
            nodes.addPolicy(policies.get(i), reference(policies.size() - i));
        }
        List.of(one, two, three).forEach(nodes::addTransport);
        nodes.listen(new NodeListener() {
            @Override
            public void changed() {
                // Not used by this test.
            }

            @Override
            public void setAside(String node, Network network, NodeFault fault, String reason) {
                told.add(node + " " + fault);
            }

            @Override
            public void usedAgain(String node, Network network) {
                told.add(node + " again");
            }
        });
        nodes.watch(new Watched());
        Eventually.that("each node is watched", () -> watched.size() == 3);
    }

    @AfterEach
    void stop() {
        nodes.stop();
    }

    /** A service reference; the one with the highest ranking is asked first. */
    @SuppressWarnings("unchecked")
    private static ServiceReference<NodePolicy> reference(int ranking) {
        return (ServiceReference<NodePolicy>) Proxy.newProxyInstance(
                ServiceReference.class.getClassLoader(),
                new Class<?>[] {ServiceReference.class},
                (self, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    case "compareTo" ->
                        Integer.compare(
                                ranking, (int) ((ServiceReference<?>) arguments[0]).getProperty("service.ranking"));
                    default -> ranking;
                });
    }

    /** Wants no payload: what nodes show is compared anyway. */
    private final class Watched implements NodeReceiver {
        @Override
        public boolean isWanted(byte[] raw, int offset, int length) {
            return false;
        }

        @Override
        public void payload(
                String node,
                Network network,
                byte[] payload,
                TxId transaction,
                Optional<BlockRef> block,
                Instant arrived) {
            throw new AssertionError("it was not wanted");
        }

        @Override
        public void blockConnected(String node, Network network, BlockRef block) {
            watched.add(node);
        }

        @Override
        public void blockDisconnected(String node, Network network, BlockRef block) {
            // Not used by this test.
        }

        @Override
        public Optional<BlockRef> cursor(String node, Network network) {
            return Optional.empty();
        }

        @Override
        public void rewind(Network network) {
            throw new AssertionError("nothing is read again");
        }
    }

    /** Comparisons, half a minute apart. */
    private void compare(int rounds) {
        for (int i = 0; i < rounds; i++) {
            nodes.round();
            clock.pass(Duration.ofSeconds(30));
        }
    }

    private Optional<NodeFault> fault(String node) throws NoSuchThingException {
        return nodes.get(node).quarantine().map(Nodes.Quarantine::fault);
    }

    private Duration quarantine() {
        return settings.get().nodes().quarantine();
    }

    private TxId stranger() {
        byte[] raw = network.transaction(List.of(new byte[] {9, 9, 9}));
        network.takes(raw);
        return TransactionScanner.id(raw);
    }

    /** A transaction of ours, which a node shows to nobody before the others receive it. */
    private byte[] ours() {
        byte[] raw = network.transaction(List.of(new byte[80]));
        nodes.ours(Network.REGTEST, TransactionScanner.id(raw), new FeeRate(100), 80);
        return raw;
    }

    // ---- which node is used

    @Test
    void everyNodeGetsItsTurn() {
        Set<String> first = new HashSet<>();
        for (int i = 0; i < 45; i++) {
            List<Transport> ready = nodes.ready(Network.REGTEST);
            assertEquals(3, ready.size());
            first.add(ready.get(0).name());
        }
        assertEquals(Set.of("one", "two", "three"), first);
    }

    @Test
    void aNodeThatIsNotThereOrIsPausedCannotBeChosen() throws Exception {
        assertTrue(assertThrows(NoSuchThingException.class, () -> nodes.requireUsed("four"))
                .getMessage()
                .contains("there is no node 'four'"));
        nodes.requireUsed("two");
        settings.nodes(new NodeSettings(Set.of("two"), RESEND, Duration.ofSeconds(30), quarantine(), Map.of()));
        assertTrue(assertThrows(NoSuchThingException.class, () -> nodes.requireUsed("two"))
                .getMessage()
                .contains("paused"));
        assertFalse(nodes.isUsed("two"));
        assertFalse(nodes.readyNames().contains("two"));
    }

    @Test
    void theStatusOfNodesTellsWhoShowedOurPacketsFirst() {
        nodes.countFound("one");
        for (int i = 0; i < 3; i++) {
            nodes.countFound("two");
        }
        nodes.countFound("four");
        assertEquals(
                Map.of("one", 0.25, "two", 0.75, "three", 0.0),
                nodes.list().stream().collect(java.util.stream.Collectors.toMap(Nodes.Node::name, Nodes.Node::share)));
        double sum = nodes.list().stream().mapToDouble(Nodes.Node::share).sum();
        assertEquals(1.0, sum, 1e-9);
    }

    // ---- quarantined nodes

    @Test
    void goodNodesAreNotSetAside() throws Exception {
        for (int i = 0; i < 30; i++) {
            network.accept(ours());
        }
        network.mine(3);
        compare(6);
        for (Nodes.Node node : nodes.list()) {
            assertTrue(node.quarantine().isEmpty(), node.toString());
            assertEquals(0, node.shown().withheld());
        }
        assertEquals(List.of(), told);
    }

    @Test
    void aNodeOnAnotherChainIsSetAsideAndUsedAgainWhenItIsBack() throws Exception {
        two.fork = 5;
        compare(1);
        assertEquals(Optional.empty(), fault("two"), "once may be chance");
        compare(1);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("two"));
        assertEquals(Optional.empty(), fault("one"));
        assertEquals(Optional.empty(), fault("three"));
        assertEquals(List.of("two OTHER_CHAIN"), told);
        assertEquals(Set.of("one", "three"), nodes.readyNames());
        assertFalse(nodes.isTrusted("two"));
        assertFalse(nodes.tellsBlocks("two"));
        assertThrows(NoSuchThingException.class, () -> nodes.requireUsed("two"));

        two.fork = Integer.MAX_VALUE;
        compare(2);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("two"), "not before its time");
        clock.pass(quarantine());
        compare(1);
        assertEquals(Optional.empty(), fault("two"));
        assertEquals(List.of("two OTHER_CHAIN", "two again"), told);
        nodes.requireUsed("two");
    }

    /** A wrong clock that was ahead by a month must not keep a node quarantined for a month. */
    @Test
    void aQuarantineLastsNoLongerBecauseTheClockWasSetBack() throws Exception {
        two.fork = 5;
        compare(2);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("two"));
        two.fork = Integer.MAX_VALUE;
        clock.set(clock.instant().minus(Duration.ofDays(30)));
        compare(1);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("two"), "not before its time");
        clock.pass(quarantine());
        compare(1);
        assertEquals(Optional.empty(), fault("two"));
    }

    @Test
    void aNodeThatLiesAboutItsHeightIsSetAside() throws Exception {
        three.lie = 1000;
        compare(2);
        assertEquals(Optional.of(NodeFault.OTHER_CHAIN), fault("three"));
        three.lie = 0;
        one.stuck = 10;
        clock.pass(quarantine());
        compare(2);
        assertEquals(Optional.empty(), fault("three"));
        assertEquals(Optional.of(NodeFault.BEHIND), fault("one"));
        assertTrue(nodes.tellsBlocks("one"), "its blocks are those of the others");
    }

    @Test
    void aNodeThatHasBeenWithoutABlockForHalfAnHourIsSetAside() throws Exception {
        two.stuck = 20;
        network.mine();
        compare(2);
        clock.pass(MOST_LATE.minusSeconds(90));
        compare(1);
        assertEquals(Optional.empty(), fault("two"));
        clock.pass(Duration.ofMinutes(1));
        compare(2);
        assertEquals(Optional.of(NodeFault.BEHIND), fault("two"));
        two.stuck = Integer.MAX_VALUE;
        clock.pass(quarantine());
        compare(1);
        assertEquals(Optional.empty(), fault("two"));
    }

    private void minimum(int version) {
        settings.nodes(
                new NodeSettings(Set.of(), RESEND, Duration.ofSeconds(30), quarantine(), Map.of("test", version)));
    }

    @Test
    void anOldNodeIsSetAsideUntilTheSettingAllowsIt() throws Exception {
        minimum(250000);
        two.version = 240100;
        compare(1);
        assertEquals(Optional.of(NodeFault.OLD_VERSION), fault("two"));
        minimum(240000);
        clock.pass(quarantine());
        compare(1);
        assertEquals(Optional.empty(), fault("two"));
    }

    @Test
    void aNodeThatWithholdsWhatOthersShowIsSetAsideAndShownAgainLater() throws Exception {
        compare(6);
        three.silent = true;
        for (int i = 0; i < MOST_WITHHELD; i++) {
            stranger();
        }
        compare(5);
        assertEquals(Optional.of(NodeFault.WITHHOLDS), fault("three"));
        assertEquals(Optional.empty(), fault("one"));
        assertEquals(Optional.empty(), fault("two"));
        assertEquals(MOST_WITHHELD, nodes.get("three").shown().withheld());
        three.silent = false;
        clock.pass(MEMORY);
        compare(1);
        assertEquals(Optional.empty(), fault("three"));
    }

    @Test
    void aNodeThatTakesOursAndPassesNoneOnIsSetAside() throws Exception {
        compare(6);
        for (int i = 0; i < MOST_OURS; i++) {
            byte[] raw = ours();
            clock.pass(RESEND.plusSeconds(1));
            nodes.mayHaveKept("one", TransactionScanner.id(raw));
            // Another node receives it, and all show it.
            network.accept(raw);
        }
        compare(1);
        assertEquals(Optional.of(NodeFault.WITHHOLDS), fault("one"));
        assertEquals(Optional.empty(), fault("two"));
        assertEquals(Optional.empty(), fault("three"));
    }

    /** For example if it pays less than they relay, or spends the change of such a transaction. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aNodeWhoseTransactionsOthersDoNotWantIsNotSetAside(boolean refuseIt) throws Exception {
        compare(6);
        for (int i = 0; i < MOST_OURS; i++) {
            byte[] raw = ours();
            clock.pass(RESEND.plusSeconds(1));
            nodes.mayHaveKept("one", TransactionScanner.id(raw));
            if (refuseIt) {
                nodes.refused(TransactionScanner.id(raw));
                // It is accepted anyway, so that showing it blames nobody.
                network.accept(raw);
            }
        }
        compare(1);
        assertEquals(Optional.empty(), fault("one"));
    }
}
