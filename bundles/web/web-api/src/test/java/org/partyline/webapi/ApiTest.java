package org.partyline.webapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.engine.Nodes;
import org.partyline.api.health.Finding;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.transport.RelayPolicy;
import org.partyline.api.web.WebProblem;
import org.partyline.api.web.WebResponse;

class ApiTest {
    private final FakeServer server = new FakeServer();
    private final Caller caller = new Caller(server);

    private static WebProblem problem(int status, Callable<WebResponse> call) {
        WebProblem problem = assertThrows(WebProblem.class, call::call);
        assertEquals(status, problem.status(), problem.getMessage());
        return problem;
    }

    private WebResponse messages(String conversation, Map<String, String> query) throws Exception {
        return caller.get(Caller.MESSAGES, Map.of("id", conversation), query);
    }

    static Nodes.Node node(NodeStatus.State state, boolean paused) {
        return new Nodes.Node(
                "core",
                "rpc",
                Network.REGTEST,
                paused,
                new NodeStatus(state, "", "", Optional.empty(), 0, Optional.empty(), ""),
                RelayPolicy.CONSERVATIVE,
                0,
                0,
                0,
                Nodes.Shown.NOTHING,
                Optional.empty());
    }

    @Test
    void aLimitedTokenKnowsNoOtherConversation() throws Exception {
        String all = Caller.text(caller.get("/v1/conversations"));
        assertTrue(all.contains("\"id\":\"me/channel:lobby\"") && all.contains("\"id\":\"work/contact:bob\""), all);
        caller.limitedTo("me/contact:bob");
        String some = Caller.text(caller.get("/v1/conversations"));
        assertTrue(some.contains("\"id\":\"me/contact:bob\""), some);
        assertFalse(some.contains("lobby") || some.contains("work"), some);
        problem(404, () -> messages("me/channel:lobby", Map.of()));
        problem(404, () -> caller.post("lobby", "{\"text\":\"hello\"}", (String) null));
        problem(403, () -> caller.get("/v1/status"));
        assertEquals(List.of(), server.sent);
    }

    @Test
    void aConversationIsFoundByItsIdOrByANameThatOnlyItHas() throws Exception {
        assertTrue(Caller.text(messages("lobby", Map.of())).contains("\"channel\":\"lobby\""));
        assertTrue(Caller.text(messages("work/contact:bob", Map.of())).contains("\"persona\":\"work\""));
        problem(409, () -> messages("bob", Map.of()));
        problem(404, () -> messages("nobody", Map.of()));
        caller.limitedTo("me/contact:bob");
        assertTrue(Caller.text(messages("bob", Map.of())).contains("\"persona\":\"me\""));
    }

    @Test
    void messagesAreAskedForByPages() throws Exception {
        assertTrue(Caller.text(messages("lobby", Map.of())).startsWith("{\"messages\":[{\"id\":50,"));
        assertTrue(Caller.text(messages("lobby", Map.of("limit", "500"))).startsWith("{\"messages\":[{\"id\":500,"));
        assertTrue(Caller.text(messages("lobby", Map.of("before", "12"))).startsWith("{\"messages\":[{\"id\":12,"));
        for (String wrong : List.of("0", "-1", "501", "many", "")) {
            problem(400, () -> messages("lobby", Map.of("limit", wrong)));
        }
        problem(400, () -> messages("lobby", Map.of("before", "0")));
    }

    @Test
    void theStatusIsTheDocumentOfTheCommand() throws Exception {
        server.status = "{\"version\":\"0.1.0\"}";
        assertEquals("{\"version\":\"0.1.0\"}", Caller.text(caller.get("/v1/status")));
    }

    @Test
    void itIsReadyWithAnOpenStoreThatCanBeWrittenANodeAndRoomOnTheDisk() throws Exception {
        assertTrue(problem(503, () -> caller.get("/readyz")).getMessage().contains("no node"));
        server.nodes.add(node(NodeStatus.State.UNREACHABLE, false));
        server.nodes.add(node(NodeStatus.State.READY, true));
        problem(503, () -> caller.get("/readyz"));
        server.nodes.add(node(NodeStatus.State.READY, false));
        server.findings = List.of(Finding.unsafe("backup", "there is none", ""));
        assertEquals(200, caller.get("/readyz").status());
        server.clock.pass(Duration.ofSeconds(10));
        server.findings = List.of(
                Finding.unsafe("disk", "nothing can be written to /home/olga", "free space in /home/olga/store"));
        assertEquals(
                "the disk is nearly full, or nothing can be written to it: see partyline:doctor",
                problem(503, () -> caller.get("/readyz")).getMessage());
        server.findings = List.of();
        server.clock.pass(Duration.ofSeconds(10));
        assertEquals(200, caller.get("/readyz").status());
        server.store.lock();
        assertTrue(problem(503, () -> caller.get("/readyz")).getMessage().contains("locked"));
        assertEquals(200, caller.get("/livez").status());
    }

    @Test
    void whoeverAsksWhetherItIsReadyKeepsTheDoctorFromWork() throws Exception {
        server.nodes.add(node(NodeStatus.State.READY, false));
        for (int i = 0; i < 100; i++) {
            caller.get("/readyz");
        }
        assertEquals(1, server.looks);
        server.clock.pass(Duration.ofDays(-1));
        caller.get("/readyz");
        assertEquals(2, server.looks, "after the clock was set back");
    }

    @Test
    void whoeverAsksWhetherItIsReadyDoesNotWaitForADoctorThatHangs() throws Exception {
        server.nodes.add(node(NodeStatus.State.READY, false));
        List<String> answers = new ArrayList<>();
        server.onLook = () -> answers.add(fromAnotherThread());
        caller.get("/readyz");
        server.clock.pass(Duration.ofSeconds(10));
        caller.get("/readyz");
        assertEquals(List.of("the first check is still running: ask again", "ready"), answers);
    }

    private String fromAnotherThread() {
        return CompletableFuture.supplyAsync(() -> {
                    try {
                        caller.get("/readyz");
                        return "ready";
                    } catch (Exception e) {
                        return e.getMessage();
                    }
                })
                // Not reached: a caller that waits would wait for ever.
                .orTimeout(1, TimeUnit.MINUTES)
                .join();
    }
}
