package org.partyline.nodes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.osgi.framework.ServiceReference;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.engine.Nodes;
import org.partyline.api.nodes.Judgement;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.nodes.NodeListener;
import org.partyline.api.nodes.NodePolicy;
import org.partyline.api.settings.NodeSettings;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.transport.Transport;
import org.partyline.testkit.HandSetClock;
import org.partyline.testkit.Logged;
import org.partyline.testkit.TestSettings;

/** Policies that bundles add. */
class NodePolicyTest {
    private final HandSetClock clock = new HandSetClock();
    private final TestSettings settings = new TestSettings();
    private final NodeRegistry nodes = new NodeRegistry(new NodeFiles(Path.of("none")), new SecureRandom(), clock);
    private final List<String> told = new ArrayList<>();
    private int rank;

    @BeforeEach
    void twoNodes() {
        nodes.setOperatorSettings(settings);
        nodes.addTransport(node("one", 310_000));
        nodes.addTransport(node("two", 240_100));
        nodes.listen(new NodeListener() {
            @Override
            public void changed() {
                // Not used by this test.
            }

            @Override
            public void setAside(String node, Network network, NodeFault fault, String reason) {
                told.add(node + " " + fault + " " + reason);
            }

            @Override
            public void usedAgain(String node, Network network) {
                told.add(node + " again");
            }
        });
    }

    @AfterEach
    void stop() {
        nodes.stop();
    }

    @SuppressWarnings("unchecked")
    private static <T> T proxy(Class<?> type, Map<String, Object> answers) {
        return (T) Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> switch (method.getName()) {
                    case "hashCode" -> System.identityHashCode(self);
                    case "equals" -> self == arguments[0];
                    case "compareTo" ->
                        Integer.compare((int) answers.get("getProperty"), (int)
                                ((ServiceReference<?>) arguments[0]).getProperty("service.ranking"));
                    default -> answers.get(method.getName());
                });
    }

    private static Transport node(String name, int version) {
        return proxy(
                Transport.class,
                Map.of(
                        "name",
                        name,
                        "type",
                        "rpc",
                        "network",
                        Network.REGTEST,
                        "version",
                        OptionalInt.of(version),
                        "policy",
                        new RelayPolicy(80, 1, 83, new FeeRate(100), new FeeRate(100)),
                        "status",
                        new NodeStatus(
                                NodeStatus.State.READY, "", "", Optional.empty(), 0, Optional.empty(), "direct", "")));
    }

    /** @param ranking the service's ranking; the highest is asked first */
    private ServiceReference<NodePolicy> add(int ranking, NodePolicy policy) {
        ServiceReference<NodePolicy> reference = proxy(ServiceReference.class, Map.of("getProperty", ranking));
        nodes.addPolicy(policy, reference);
        return reference;
    }

    private static NodePolicy against(String node, Judgement judgement) {
        return (network, all) -> Map.of(node, judgement);
    }

    private Optional<Nodes.Quarantine> quarantine(String node) throws Exception {
        return nodes.get(node).quarantine();
    }

    @Test
    void aNodeIsSetAsideWhenAPolicySaysSoAndUsedAgainWhenThePolicyHasGone() throws Exception {
        ServiceReference<NodePolicy> reference =
                add(0, against("two", Judgement.unusable(NodeFault.OTHER, "its owner is not known")));
        nodes.round();
        assertEquals(List.of("two OTHER its owner is not known"), told);
        assertEquals("its owner is not known", quarantine("two").orElseThrow().reason());
        assertEquals(Set.of("one"), nodes.readyNames());
        assertFalse(nodes.isTrusted("two"));
        nodes.removePolicy(null, reference);
        nodes.round();
        assertFalse(nodes.isTrusted("two"), "it is set aside for a while at the least");
        clock.pass(Duration.ofMinutes(5));
        nodes.round();
        assertEquals(Set.of("one", "two"), nodes.readyNames());
        assertEquals("two again", told.get(1));
    }

    @Test
    void thePolicyOfTheHighestRankSaysWhy() throws Exception {
        add(1, against("two", Judgement.unusable(NodeFault.OTHER, "the second reason")));
        add(2, against("two", Judgement.unusable(NodeFault.BEHIND, "the first reason")));
        nodes.round();
        assertEquals(NodeFault.BEHIND, quarantine("two").orElseThrow().fault());
    }

    @Test
    void oneThatFailsKeepsTheOthersFromNothing() throws Exception {
        add(2, (network, all) -> {
            throw new NoClassDefFoundError("a bundle that was replaced");
        });
        add(1, against("one", Judgement.unusable(NodeFault.OTHER, "a reason")));
        nodes.round();
        assertTrue(quarantine("one").isPresent());
    }

    @Test
    void aWarningTakesNothingAway() {
        add(1, against("one", Judgement.warning("it is slow")));
        nodes.round();
        assertEquals(Set.of("one", "two"), nodes.readyNames());
        assertEquals(List.of(), told);
    }

    @Test
    void ourOwnHoldNodesAgainstTheSettings() throws Exception {
        settings.nodes(new NodeSettings(
                Set.of(),
                Duration.ofMinutes(2),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Map.of("rpc", 250_000)));
        nodes.ownPolicies().forEach(policy -> add(rank--, policy));
        nodes.round();
        assertEquals(NodeFault.OLD_VERSION, quarantine("two").orElseThrow().fault());
        assertEquals(Optional.empty(), quarantine("one"));
        nodes.unsetOperatorSettings(settings);
        clock.pass(Duration.ofMinutes(10));
        nodes.round();
        assertTrue(quarantine("two").isPresent(), "the last good settings stay in use");
    }

    @Test
    void aJudgementHasAReasonInOneLine() {
        assertThrows(IllegalArgumentException.class, () -> Judgement.warning(" "));
        assertThrows(IllegalArgumentException.class, () -> Judgement.warning("two\nlines"));
    }

    @Test
    void theLogNamesWhatEndsARoundByItsKindOnly() throws Exception {
        PresentNodes failing = (PresentNodes) Proxy.newProxyInstance(
                PresentNodes.class.getClassLoader(), new Class<?>[] {PresentNodes.class}, (self, method, arguments) -> {
                    throw new IllegalStateException("a name that someone chose");
                });
        NodeWatch watch = new NodeWatch(
                failing, new NodePolicies(), () -> Duration.ZERO, clock, proxy(NodeListener.class, Map.of()));
        String log = Logged.during(watch::round);
        assertTrue(log.contains("could not be compared in this round: IllegalStateException at nodes."), log);
        assertFalse(log.contains("someone"), log);
    }
}
