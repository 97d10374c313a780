package org.partyline.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.partyline.api.FeeRate;
import org.partyline.api.Network;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.Events;
import org.partyline.api.engine.Events.Type;
import org.partyline.api.engine.Fees;
import org.partyline.api.engine.Fees.FeeStatus;
import org.partyline.api.engine.Nodes;
import org.partyline.api.engine.Nodes.Node;
import org.partyline.api.engine.Nodes.Quarantine;
import org.partyline.api.engine.Nodes.Shown;
import org.partyline.api.health.Doctor;
import org.partyline.api.health.Finding;
import org.partyline.api.nodes.NodeFault;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.NodeStatus.State;
import org.partyline.api.transport.RelayPolicy;

class ServerEventsTest {
    private static final int SLOW = 30;

    private final List<String> log = new ArrayList<>();
    private final Map<String, String> last = new HashMap<>();
    private final Fakes services = new Fakes();
    private List<Finding> findings = List.of();
    private ServerEvents events = begin();

    private ServerEvents begin() {
        return new ServerEvents(this::need, new Doctor() {
            @Override
            public List<Finding> examine() {
                return findings;
            }

            @Override
            public Optional<Look> newest() {
                return Optional.empty();
            }
        });
    }

    private <T> T need(Class<T> type) throws PartylineException {
        return type == Events.class ? type.cast(logged()) : services.need(type);
    }

    private Events logged() {
        return (Events) Proxy.newProxyInstance(
                Events.class.getClassLoader(),
                new Class<?>[] {Events.class},
                (self, method, given) -> switch (method.getName()) {
                    case "reported" -> {
                        Map<String, String> of = new HashMap<>();
                        last.forEach((key, state) -> {
                            if (key.startsWith(given[0] + " ")) {
                                of.put(key.substring(key.indexOf(' ') + 1), state);
                            }
                        });
                        yield of;
                    }
                    case "report" -> {
                        last.put(given[0] + " " + given[1], (String) given[2]);
                        log.add(((Type) given[0]).word() + " " + given[1] + " " + given[2]);
                        yield null;
                    }
                    default -> throw new AssertionError(method);
                });
    }

    private void looks(int times) {
        for (int i = 0; i < times; i++) {
            events.look();
        }
    }

    private void node(State state, boolean paused, boolean distrusted) {
        NodeStatus status = new NodeStatus(state, "", "", Optional.empty(), -1, Optional.empty(), "polling 2s");
        services.with(
                Nodes.class,
                "list",
                List.of(new Node(
                        "home",
                        "rpc",
                        Network.REGTEST,
                        paused,
                        status,
                        RelayPolicy.CONSERVATIVE,
                        0,
                        0,
                        0,
                        Shown.NOTHING,
                        distrusted
                                ? Optional.of(new Quarantine(NodeFault.OTHER_CHAIN, "another chain", Instant.EPOCH))
                                : Optional.empty())));
    }

    private void rate(String rate) {
        FeeRate known = FeeRate.parse(rate);
        services.with(
                Fees.class,
                "status",
                List.of(new FeeStatus(
                        Network.REGTEST, "home", Optional.of(known), 2, known, known, known, known, 100)));
    }

    @Test
    void aNodeThatIsLostDistrustedOrBackIsReportedOnce() {
        node(State.READY, false, false);
        looks(3);
        assertEquals(List.of(), log);
        node(State.UNREACHABLE, false, false);
        looks(3);
        node(State.SYNCING, false, false);
        looks(3);
        node(State.READY, false, true);
        looks(3);
        node(State.READY, false, false);
        looks(3);
        assertEquals(List.of("node home lost", "node home distrusted", "node home returned"), log);
    }

    @Test
    void whatOneLookSawIsNoEvent() {
        node(State.UNREACHABLE, false, false);
        looks(1);
        node(State.READY, false, false);
        looks(1);
        node(State.UNREACHABLE, false, false);
        looks(1);
        assertEquals(List.of(), log);
    }

    @Test
    void aPausedNodeIsNotLost() {
        node(State.UNREACHABLE, true, false);
        looks(3);
        assertEquals(List.of(), log);
    }

    @Test
    void aRestartReportsWhatChangedAndNothingTwice() {
        node(State.UNREACHABLE, false, false);
        looks(2);
        events = begin();
        looks(3);
        assertEquals(List.of("node home lost"), log);
        events = begin();
        node(State.READY, false, false);
        looks(2);
        assertEquals(List.of("node home lost", "node home returned"), log);
    }

    @Test
    void aFeeRateIsReportedOnceItHasDoubledOrHalved() {
        for (String rate : List.of("2", "3.9", "1.1", "4", "7.9", "2.1", "2", "2")) {
            rate(rate);
            looks(SLOW);
        }
        assertEquals(List.of("fee regtest 2 sat/vB", "fee regtest 4 sat/vB", "fee regtest 2 sat/vB"), log);
    }

    @Test
    void theWorstVerdictOfACheckIsReportedWhenItChanges() {
        findings = List.of(Finding.ok("disk", "room"), Finding.warning("backup", "none", ""));
        looks(SLOW - 1);
        assertEquals(List.of(), log);
        looks(2);
        assertEquals(List.of("doctor backup warning"), log);
        findings = List.of(Finding.unsafe("backup", "very old", ""), Finding.warning("backup", "none", ""));
        looks(SLOW + 1);
        findings = List.of();
        looks(SLOW + 1);
        assertEquals(List.of("doctor backup warning", "doctor backup unsafe", "doctor backup ok"), log);
    }
}
