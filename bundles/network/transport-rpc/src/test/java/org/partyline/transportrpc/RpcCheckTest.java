package org.partyline.transportrpc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.health.Finding;
import org.partyline.api.health.Finding.Verdict;

class RpcCheckTest {
    @TempDir
    Path directory;

    private Path cookie;

    @BeforeEach
    void makeACookie() throws IOException {
        cookie = Files.writeString(directory.resolve(".cookie"), "__cookie__:secret");
        mode("rw-------");
    }

    private void mode(String mode) throws IOException {
        Files.setPosixFilePermissions(cookie, PosixFilePermissions.fromString(mode));
    }

    private Finding found(String... settings) {
        Map<String, String> values = new HashMap<>(Map.of("name", "core", "cookie-file", cookie.toString()));
        for (int i = 0; i < settings.length; i += 2) {
            values.put(settings[i], settings[i + 1]);
        }
        List<Finding> all = check(values, 0, false).examine();
        assertEquals(1, all.size(), all::toString);
        assertTrue(all.stream().noneMatch(finding -> finding.what().contains("secret")));
        return all.get(0);
    }

    private RpcCheck check(Map<String, String> values, int version, boolean isPrivate) {
        return new RpcCheck(RpcSettings.of(values, directory), () -> version, () -> isPrivate);
    }

    /** The findings about a node that sends privately. */
    private List<String> privately(int version, String wallet) {
        return check(Map.of("name", "core", "cookie-file", cookie.toString(), "wallet", wallet), version, true)
                .examine()
                .stream()
                .filter(finding -> finding.verdict() == Verdict.WARNING)
                .map(finding -> finding.what() + " | " + finding.remedy())
                .toList();
    }

    @Test
    void aNodeThatSendsPrivatelyShouldNotRunTheVersionThatRevealsItsAddress() throws Exception {
        assertEquals(
                List.of("node core broadcasts transactions privately with Bitcoin Core 31.0, which can reveal its "
                        + "address | update it to Bitcoin Core 31.1 or later"),
                privately(310000, ""));
        assertEquals(List.of(), privately(310100, ""));
        assertEquals(List.of(), privately(320000, ""));
    }

    @Test
    void theWalletOfANodeThatSendsPrivatelyShouldAnnounceNothing() throws Exception {
        List<String> warned = privately(310100, "w");
        assertEquals(1, warned.size());
        assertTrue(warned.get(0).contains("walletbroadcast=0"), warned.get(0));
        Files.writeString(directory.resolve("bitcoin.conf"), "#walletbroadcast=0\n");
        assertEquals(warned, privately(310100, "w"));
        Files.writeString(directory.resolve("bitcoin.conf"), "server=1\n walletbroadcast = 0\n");
        assertEquals(List.of(), privately(310100, "w"));
    }

    @Test
    void aPasswordInClearToAnotherMachineIsUnsafeAndLoopbackAnOnionAndHttpsAreNot() throws Exception {
        assertEquals(Verdict.OK, found().verdict());
        assertEquals(
                Verdict.OK,
                found("url", "http://" + "a".repeat(56) + ".onion:8332").verdict());
        assertEquals(Verdict.OK, found("url", "https://10.0.0.5:8332").verdict());
        Finding clear = found("url", "http://10.0.0.5:8332", "allow-remote-plaintext", "true");
        assertEquals(Verdict.UNSAFE, clear.verdict());
        assertTrue(clear.remedy().startsWith("partyline:node-remove core, "), clear.remedy());
        // It is refused, and nothing is sent.
        assertEquals(Verdict.OK, found("url", "http://10.0.0.5:8332").verdict());
        assertEquals(
                Verdict.WARNING,
                found("zmq", "tcp://10.0.0.5:28332", "allow-remote-plaintext", "true")
                        .verdict());
    }

    @Test
    void aCookieThatOthersCanReadIsUnsafe() throws Exception {
        mode("rw-r--r--");
        Finding open = found();
        assertEquals(Verdict.UNSAFE, open.verdict());
        assertTrue(open.remedy().startsWith("chmod o-rwx '" + cookie + "'"), open.remedy());
        mode("rw-r-----");
        assertEquals(Verdict.WARNING, found().verdict());
        Files.delete(cookie);
        assertEquals(Verdict.OK, found().verdict());
        assertEquals(
                Verdict.OK,
                new RpcCheck(
                                RpcSettings.of(Map.of("name", "core", "user", "me", "password", "secret"), directory),
                                () -> 0,
                                () -> false)
                        .examine()
                        .get(0)
                        .verdict());
    }
}
