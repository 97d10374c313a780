package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.partyline.api.Network;

class RpcSettingsTest {
    @TempDir
    Path directory;

    private static RpcSettings read(String... pairs) {
        return read(Path.of("/home/someone"), pairs);
    }

    private static RpcSettings read(Path home, String... pairs) {
        Map<String, String> values = new HashMap<>(Map.of("name", "home"));
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return RpcSettings.of(values, home);
    }

    private static String refusal(String... pairs) {
        return assertThrows(IllegalArgumentException.class, () -> read(pairs)).getMessage();
    }

    @Test
    void aNameIsEnough() throws Exception {
        RpcSettings settings = read();
        assertEquals(Network.MAINNET, settings.network());
        assertEquals("http://127.0.0.1:8332/", settings.url().toString());
        assertEquals(Duration.ofSeconds(2), settings.pollInterval());
        assertEquals("", settings.wallet());
        assertTrue(settings.zmqAuto());
        NodeProblem problem =
                assertThrows(NodeProblem.class, () -> settings.credentials().header());
        assertTrue(problem.getMessage().contains("/home/someone/.bitcoin/.cookie"), problem.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://192.0.2.7:8332", "https://core.example.org", "http://node.onion:8332"})
    void thisComputersCookieIsNotSentToAnotherOne(String url) throws Exception {
        Path file = Files.createDirectory(directory.resolve(".bitcoin")).resolve(".cookie");
        Files.writeString(file, "__cookie__:hunter2");
        NodeProblem problem = assertThrows(
                NodeProblem.class,
                () -> read(directory, "url", url).credentials().header());
        assertTrue(problem.getMessage().contains("set user and password-file"), problem.getMessage());
        assertFalse(problem.getMessage().contains("hunter2"), problem.getMessage());
        assertEquals("user", problem.setting());

        assertNotNull(
                read(directory, "url", "http://127.0.0.1:8332").credentials().header());
        assertNotNull(read(directory, "url", url, "cookie-file", file.toString())
                .credentials()
                .header());
    }

    @Test
    void theFilesNameGivesTheNodesName() throws Exception {
        assertEquals(
                "attic",
                read("name", "", "felix.fileinstall.filename", "file:/x/etc/org.partyline.transport.rpc-attic.cfg")
                        .name());
    }

    @ParameterizedTest
    @CsvSource({
        "name,a b,letters",
        "network,embedded,regtest",
        "network,mars,mainnet",
        "url,ftp://127.0.0.1:1,http://HOST:PORT",
        "url,http://127.0.0.1:8332/wallet/x,http://HOST:PORT",
        "url,http://127.0.0.1:99999,port",
        "poll-interval,fast,100ms to 5m",
        "poll-interval,1ms,100ms",
        "timeout,1h,10m",
        "batch-size,0,1 to 1000",
        "batch-size,many,1 to 1000",
        "max-fee,99,100 to 10000000",
        "response-limit,0,1 to 1024",
        "allow-remote-plaintext,perhaps,true or false",
        "zmq,http://127.0.0.1:1,tcp://HOST:PORT",
        "zmq-rawtx,tcp://127.0.0.1,tcp://HOST:PORT",
        "zmq-sequence,tcp://127.0.0.1:0,tcp://HOST:PORT",
        "zmq,tcp://1.2:28332,tcp://HOST:PORT",
        "zmq,tcp://core-:28332,tcp://HOST:PORT",
        "zmq,tcp://[:::::]:28332,tcp://HOST:PORT",
        "wallet,../../etc,letters",
        "wallet,core:,letters",
        "wallet,core:a:b,letters"
    })
    void aBadValueIsRefusedWithKeyValueAndWhatIsRight(String key, String value, String right) {
        String message = refusal(key, value);
        assertTrue(message.startsWith(key + " = '" + value + "': it must be "), message);
        assertTrue(message.contains(right), message);
    }

    @Test
    void aWalletThatIsCalledLocalIsTheServersOwnUnlessItIsSaidToBeBitcoinCores() throws Exception {
        String message = refusal("wallet", "local");
        assertTrue(message.contains("leave wallet empty") && message.contains("wallet=core:local"), message);
        assertEquals(1, message.lines().count());
        assertEquals("local", read("wallet", "core:local").wallet());
        assertEquals("spare", read("wallet", "core:spare").wallet());
        assertEquals("spare", read("wallet", "spare").wallet());
        assertEquals("localwallet", read("wallet", "localwallet").wallet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://rpc:hunter2@127.0.0.1:8332", "http://rpc:hun ter2@127.0.0.1", "rpc:hunter2@127.0.0.1:1"})
    void anAddressWithAUserIsRefusedAndNotShown(String url) {
        String message = refusal("url", url);
        assertFalse(message.contains("ter2"), message);
        assertTrue(message.contains("user"), message);
    }

    @Test
    void plaintextToAnotherComputerIsRefusedUnlessAllowed() throws Exception {
        String refusal = read("url", "http://192.0.2.7:8332").refusal();
        assertTrue(refusal.contains("192.0.2.7") && refusal.contains("allow-remote-plaintext=true"), refusal);
        assertEquals(
                "",
                read("url", "http://192.0.2.7:8332", "allow-remote-plaintext", "true")
                        .refusal());
        assertEquals("", read("url", "https://192.0.2.7:8332").refusal());
        for (String here : new String[] {"127.0.0.1", "127.8.8.8", "localhost", "[::1]"}) {
            assertEquals("", read("url", "http://" + here + ":8332").refusal());
        }
        assertFalse(read("url", "http://127.0.0.1.example.org:8332").refusal().isEmpty());
        assertFalse(read("url", "http://localhost.example.org:8332").refusal().isEmpty());
    }

    @Test
    void thePasswordComesFromAFileThatNobodyElseReads() throws Exception {
        Path file = Files.writeString(directory.resolve("password"), "hunter2\nrest");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        Credentials credentials =
                read("user", "rpc", "password-file", file.toString()).credentials();
        assertEquals("Basic " + Base64.getEncoder().encodeToString("rpc:hunter2".getBytes()), credentials.header());
        assertFalse(
                read("user", "rpc", "password-file", file.toString()).toString().contains("hunter2"));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        String message = refusal("user", "rpc", "password-file", file.toString());
        assertTrue(message.contains("chmod 600"), message);
        assertFalse(message.contains("hunter2"), message);
    }

    @Test
    void userAndPasswordGoTogether() {
        assertTrue(refusal("user", "rpc").contains("neither"));
        assertTrue(refusal("password", "x").contains("set user"));
        assertTrue(
                refusal("user", "rpc", "password", "x", "password-file", "/y").contains("both"));
        assertTrue(refusal("user", "rpc", "password", "x", "cookie-file", "/y").contains("cookie-file"));
    }

    @Test
    void oneZmqEndpointServesBothTopicsAndEachMayHaveItsOwn() throws Exception {
        RpcSettings both = read("zmq", "tcp://127.0.0.1:28332");
        assertEquals("tcp://127.0.0.1:28332", both.zmqRawtx());
        assertEquals("tcp://127.0.0.1:28332", both.zmqSequence());
        RpcSettings apart = read("zmq-rawtx", "tcp://127.0.0.1:1", "zmq-sequence", "tcp://[::1]:2");
        assertEquals("tcp://127.0.0.1:1", apart.zmqRawtx());
        assertEquals("tcp://[::1]:2", apart.zmqSequence());
        assertFalse(apart.zmqAuto());
        assertFalse(read("zmq", "none").zmqAuto());
        assertEquals("", read("zmq", "none").zmqRawtx());
    }
}
