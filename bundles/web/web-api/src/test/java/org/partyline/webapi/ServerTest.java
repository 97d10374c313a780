package org.partyline.webapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.engine.QrCodes;
import org.partyline.api.health.Finding;
import org.partyline.api.json.Json;
import org.partyline.api.store.Store;
import org.partyline.api.transport.NodeStatus;
import org.partyline.api.web.Scope;
import org.partyline.api.web.WebProblem;

/** The requests of the views of contacts, the wallet and the server. */
class ServerTest {
    static final String CARD = "/v1/personas/{name}/card";
    static final String READ = "/v1/qr/read";
    static final String ADDRESS = "/v1/wallets/address";

    private final FakeServer server = new FakeServer();
    private final Caller caller = new Caller(server);

    private static void refused(int status, Executable call) {
        assertEquals(status, assertThrows(WebProblem.class, call).status());
    }

    private String get(String path) throws Exception {
        return Caller.text(caller.get(path));
    }

    /** The web server checks the scope before it calls a handler: the scope is declared here and in the description. */
    @Test
    void moneyAndTheServerHaveScopesOfTheirOwn() {
        Set<String> wallet = new TreeSet<>();
        Set<String> admin = new TreeSet<>();
        caller.api().routes().forEach(route -> {
            String what = route.method() + " " + route.path();
            if (route.scopes().equals(Set.of(Scope.WALLET))) {
                wallet.add(what);
            } else if (route.scopes().contains(Scope.ADMIN)) {
                admin.add(what);
            }
        });
        assertEquals(Set.of("GET /v1/wallets", "POST /v1/wallets/address", "GET /v1/spending"), wallet);
        assertEquals(
                Set.of(
                        "GET /v1/status",
                        "GET /v1/nodes",
                        "GET /v1/doctor",
                        "GET /v1/suites",
                        "GET /v1/conversations/{id}/invite",
                        "POST /v1/channels",
                        "POST /v1/lock"),
                admin);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1/status",
                "/v1/personas",
                "/v1/fees",
                "/v1/mempool",
                "/v1/wallets",
                "/v1/spending",
                "/v1/nodes",
                "/v1/doctor",
                "/v1/suites",
                CARD
            })
    void aTokenOfSomeConversationsSeesNothingOfTheWholeServer(String path) {
        caller.limitedTo("me/contact:bob");
        refused(403, () -> caller.get(path, Map.of("name", "me"), Map.of()));
    }

    @Test
    void aTokenOfSomeConversationsAddsNoContactAndGetsNoAddress() {
        caller.limitedTo("me/contact:bob");
        refused(403, () -> caller.postTo("/v1/contacts", "", "{\"card\":\"plcard1x\"}"));
        refused(403, () -> caller.postTo(ADDRESS, "", "{}"));
        assertEquals(List.of(), server.added);
    }

    @Test
    void aTokenSeesTheContactsThatItCovers() throws Exception {
        assertTrue(get("/v1/contacts").contains("\"persona\":\"work\""));
        caller.limitedTo("me/contact:bob");
        String covered = get("/v1/contacts");
        assertTrue(covered.contains("\"persona\":\"me\""));
        assertFalse(covered.contains("\"persona\":\"work\""));
    }

    @Test
    void aContactIsAddedByItsCard() throws Exception {
        String added = Caller.text(caller.postTo("/v1/contacts", "", "{\"card\":\" plcard1x \",\"name\":\"carol\"}"));
        assertTrue(added.contains("\"name\":\"carol\""), added);
        assertTrue(Caller.text(caller.postTo("/v1/contacts", "", "{\"card\":\"plcard1y\",\"name\":\"\"}"))
                .contains("nickname"));
        assertEquals(List.of("plcard1x", "plcard1y"), server.added);
        refused(400, () -> caller.postTo("/v1/contacts", "", "{}"));
        caller.spendingUpTo(1000);
        refused(403, () -> caller.postTo("/v1/contacts", "", "{\"card\":\"plcard1x\"}"));
    }

    @Test
    void aCardIsOfOneNetwork() throws Exception {
        Map<String, String> me = Map.of("name", "me");
        assertEquals("{\"persona\":\"me\",\"card\":\"plcard1me\"}", Caller.text(caller.get(CARD, me, Map.of())));
        assertTrue(
                Caller.text(caller.get(CARD, me, Map.of("network", "regtest"))).contains("plcard1meregtest"));
        refused(400, () -> caller.get(CARD, me, Map.of("network", "moon")));
    }

    @Test
    void aTextIsDrawn() throws Exception {
        assertEquals("{\"rows\":[\"10\",\"01\"]}", Caller.text(caller.postTo("/v1/qr", "", "{\"text\":\"a\"}")));
        for (String text : List.of("", "a".repeat(QrCodes.LONGEST + 1))) {
            refused(400, () -> caller.postTo("/v1/qr", "", "{\"text\":\"" + text + "\"}"));
        }
    }

    private static String picture(int width, int pixels, int shade) {
        byte[] grey = new byte[pixels];
        Arrays.fill(grey, (byte) shade);
        return "{\"width\":" + width + ",\"grey\":\"" + Base64.getEncoder().encodeToString(grey) + "\"}";
    }

    @Test
    void aPictureIsReadWhereItHasACode() throws Exception {
        int most = QrCodes.MOST_PIXELS;
        assertEquals("{\"text\":\"PLCARD1X\"}", Caller.text(caller.postTo(READ, "", picture(240, most, 0))));
        assertEquals("{\"text\":null}", Caller.text(caller.postTo(READ, "", picture(1, 1, 255))));
        assertEquals(List.of("240 of " + most, "1 of 1"), server.pictures);
    }

    /** The picture does not reach the decoder, and no part of it is in the answer. */
    @ParameterizedTest
    @MethodSource
    void aPictureOfTheWrongSizeIsRefused(String body) {
        WebProblem refused = assertThrows(WebProblem.class, () -> caller.postTo(READ, "", body));
        assertEquals(400, refused.status());
        assertFalse(refused.getMessage().contains("AAA"), refused.getMessage());
        assertEquals(List.of(), server.pictures);
    }

    static List<String> aPictureOfTheWrongSizeIsRefused() {
        int most = QrCodes.MOST_PIXELS;
        return List.of(
                picture(1, most + 1, 0),
                picture(7, 48, 0),
                picture(most + 1, most, 0),
                picture(0, 9, 0),
                picture(-3, 9, 0),
                picture(1, 0, 0),
                "{\"width\":2147483648,\"grey\":\"AAAA\"}",
                "{\"width\":1.5,\"grey\":\"AAAA\"}",
                "{\"width\":\"3\",\"grey\":\"AAAA\"}",
                "{\"width\":null,\"grey\":\"AAAA\"}",
                "{\"width\":3,\"grey\":null}",
                "{\"width\":3,\"grey\":\"AAA*\"}",
                "{\"width\":3,\"grey\":3}",
                "{\"width\":3,\"height\":1,\"grey\":\"AAAA\"}",
                "{\"width\":3}",
                "[]",
                "");
    }

    @Test
    void whatWasSpentIsToldByTheHour() throws Exception {
        List<Long> hours = new ArrayList<>();
        Json.read(get("/v1/spending"))
                .get("hours")
                .forEach(hour -> hours.add(hour.get("spent_sat").asLong()));
        assertEquals(24, hours.size());
        assertEquals(300, hours.get(23));
        assertEquals(500, hours.get(19));
        assertEquals(800, hours.stream().mapToLong(Long::longValue).sum());
    }

    @Test
    void feesOfALockedStoreHaveNoCaps() throws Exception {
        assertTrue(get("/v1/fees").contains("\"day_spent_sat\":800"));
        server.store.lock();
        assertTrue(get("/v1/fees").contains("\"limits\":null"));
    }

    @Test
    void findingsNodesAndSuitesAreAsTheConsolePrintsThem() throws Exception {
        server.findings = List.of(Finding.unsafe("disk", "full", "delete something"), Finding.ok("clock", "right"));
        server.nodes.add(ApiTest.node(NodeStatus.State.READY, false));
        assertTrue(get("/v1/doctor").startsWith("{\"unsafe\":1,\"warnings\":0,\"findings\":[{\"check\":\"disk\""));
        assertTrue(get("/v1/nodes").contains("\"state\":\"ready\""));
        assertTrue(get("/v1/suites").contains("\"bundle_state\":\"active\""));
        String packets = get("/v1/mempool");
        assertTrue(packets.contains("\"bytes\":80,\"start\":\"020000000000000001\""), packets);
        assertTrue(packets.contains("\"use\":\"received\"") && packets.contains("\"use\":null"), packets);
    }

    @Test
    void theStoreIsLocked() throws Exception {
        assertEquals("{\"store\":\"locked\"}", Caller.text(caller.postTo("/v1/lock", "", "")));
        assertEquals(Store.State.LOCKED, server.store.state());
    }
}
