package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.transport.NetworkException;
import org.partyline.api.transport.NodeSettingException;

class RpcSettingsCheckTest {
    private final FakeNode node = new FakeNode().healthy();
    private final RpcSettingsCheck check = new RpcSettingsCheck(new FakeNetwork());

    @AfterEach
    void close() {
        node.close();
    }

    private Map<String, String> settings(String... pairs) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "name", "home",
                "network", "regtest",
                "url", node.url().toString(),
                "user", "rpc",
                "password", FakeNode.PASSWORD));
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put(pairs[i], pairs[i + 1]);
        }
        return settings;
    }

    private String refused(Map<String, String> settings) {
        String why = assertThrows(PartylineException.class, () -> check.ask(settings))
                .getMessage();
        assertFalse(why.contains("tried again"), why);
        return why;
    }

    @Test
    void aNodeThatWouldDoIsTaken() {
        assertDoesNotThrow(() -> check.ask(settings()));
    }

    @Test
    void aNodeThatDoesNotAnswerIsNotTaken() {
        node.close();
        String why = refused(settings());
        assertTrue(why.contains("127.0.0.1"), why);
    }

    @Test
    void whatIsWrongWithTheWayThereIsNotSaidToBeTriedAgain() {
        FakeNetwork network = new FakeNetwork().knows("node.example", 1);
        network.fails(new NetworkException(NetworkException.Reason.PROXY_DOWN, "the proxy does not answer"));
        Map<String, String> settings = settings("url", "http://node.example:8332", "allow-remote-plaintext", "true");
        assertEquals(
                "node home: the proxy does not answer",
                assertThrows(PartylineException.class, () -> new RpcSettingsCheck(network).ask(settings))
                        .getMessage());
    }

    @Test
    void aNodeOfAnotherNetworkIsNotTaken() {
        assertTrue(refused(settings("network", "signet")).contains("signet"));
    }

    @Test
    void aCookieThatCannotBeReadIsNamed() {
        Map<String, String> settings = settings("cookie-file", "/nowhere/.cookie");
        settings.remove("user");
        settings.remove("password");
        assertTrue(refused(settings).contains("/nowhere/.cookie"));
    }

    @Test
    void aNodeThatRefusesTheCredentialsIsNotTaken() {
        node.credentials("rpc", "another");
        assertTrue(refused(settings()).contains("rejects the credentials (401)"));
    }

    @Test
    void aWalletThatIsNotThereIsNamed() {
        node.on("getwalletinfo", (params, path) -> {
            throw new RpcException(RpcException.WALLET_NOT_FOUND, "Requested wallet does not exist or is not loaded");
        });
        node.on("loadwallet", (params, path) -> {
            throw new RpcException(RpcException.WALLET_NOT_FOUND, "Path does not exist.");
        });
        assertEquals(
                "node home has no wallet purse; create it with: bitcoin-cli createwallet purse, or set wallet "
                        + "to an existing one",
                refused(settings("wallet", "purse")));
    }

    @Test
    void aWalletThatIsThereIsOpened() throws Exception {
        node.on("getwalletinfo", Map.of("walletname", "purse"));
        check.ask(settings("wallet", "purse"));
        assertTrue(node.calls.contains("getwalletinfo"));
    }

    private NodeSettingException about(Map<String, String> settings) {
        return assertThrows(NodeSettingException.class, () -> check.ask(settings));
    }

    @Test
    void whichSettingIsWrongIsTold() {
        assertEquals("network", about(settings("network", "signet")).setting());
        assertTrue(about(settings("network", "signet")).isWrong());
        Map<String, String> cookie = settings("cookie-file", "/nowhere/.cookie");
        cookie.remove("user");
        cookie.remove("password");
        assertEquals("cookie-file", about(cookie).setting());
        assertFalse(about(cookie).isWrong(), "the node may only be down");
        assertEquals("zmq", about(settings("zmq", "tcp://127.0.0.1:1")).setting());
        node.credentials("rpc", "another");
        assertEquals("user", about(settings()).setting());
        assertTrue(about(settings()).isWrong());
        node.close();
        assertEquals("url", about(settings()).setting());
        assertFalse(about(settings()).isWrong());
    }
}
