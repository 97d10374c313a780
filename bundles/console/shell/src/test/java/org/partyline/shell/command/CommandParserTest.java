package org.partyline.shell.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.partyline.shell.testing.Runner;

class CommandParserTest {
    private final Runner runner = Runner.plain();

    @Test
    void optionsMayStandBeforeBetweenAndAfter() throws Exception {
        for (String[] words : List.of(
                new String[] {"--type", "rpc", "--url", "http://127.0.0.1:1", "core"},
                new String[] {"core", "--url=http://127.0.0.1:1", "--type=rpc"},
                new String[] {"--type", "rpc", "core", "--url", "http://127.0.0.1:1"})) {
            runner.fake.added.clear();
            runner.run("node-add", words);
            assertEquals(Map.of("core rpc", Map.of("url", "http://127.0.0.1:1")), runner.fake.added);
        }
    }

    @Test
    void anOptionMayBeRepeatedWhereItSaysSo() throws Exception {
        runner.run("node-add", "play", "--type", "embedded", "--set", "block-interval=5s", "--set", "relay-fee=1");
        assertEquals(Map.of("block-interval", "5s", "relay-fee", "1"), runner.fake.added.get("play embedded"));
    }

    @Test
    void twoDashesEndTheOptions() throws Exception {
        runner.run("send", "--", "--burn");
        assertEquals("--burn", runner.fake.sent.get(0).text());
    }

    @Test
    void anOptionThatIsNotThereIsNamed() {
        assertEquals(
                "Error: partyline:send has no option '--urgent': see partyline:send --help",
                runner.refusal("send", "--urgent", "hello"));
    }

    @Test
    void aMissingValueIsNamed() {
        assertEquals("Error: --ttl needs a value: see partyline:send --help", runner.refusal("send", "hello", "--ttl"));
    }

    @Test
    void aFlagTakesNoValue() {
        assertEquals(
                "Error: --burn does not accept a value: write it without one",
                runner.refusal("send", "--burn=yes", "hello"));
    }

    @Test
    void aMissingArgumentShowsTheUsage() {
        assertEquals("Error: ID is missing: usage: partyline:cancel [options] ID", runner.refusal("cancel"));
    }

    @Test
    void aWordTooManyShowsTheUsage() {
        assertEquals(
                "Error: unexpected argument 'now': usage: partyline:lock [options]", runner.refusal("lock", "now"));
    }

    @Test
    void anEnumListsItsValues() {
        assertEquals(
                "Error: --mode must be ratchet or open, not 'closed'",
                runner.refusal("channel-create", "lobby", "--mode", "closed"));
    }

    @Test
    void aNumberIsANumber() {
        assertEquals(
                "Error: --memory must be a whole number, not 'lots'",
                runner.refusal("channel-create", "lobby", "--memory", "lots"));
    }

    @Test
    void anEmptyNameIsRefused() {
        assertEquals("Error: PERSONA must not be empty", runner.refusal("persona-use", ""));
    }

    @Test
    void aListTakesAllThatFollow() throws Exception {
        runner.run("suite-prefer", "AES_256_GCM", "XCHACHA20_POLY1305");
        assertEquals(List.of("prefer [AES_256_GCM, XCHACHA20_POLY1305]"), runner.fake.suiteCalls);
    }

    @Test
    void theKeyDerivationsLimitsAreNamed() {
        String refusal = runner.refusal("channel-create", "lobby", "--time-cost", "99");
        assertEquals(
                "Error: key derivation ARGON2ID: time cost times memory in KiB must be 36864 to 2097152, not "
                        + "99 times 65536; use a time cost of 1 to 32, or memory of 8192 to 21183",
                refusal);
        assertEquals(
                "Error: key derivation ARGON2ID: memory in KiB must be 8192 to 1048576, not 64",
                runner.refusal("channel-create", "lobby", "--memory", "64"));
        assertEquals(
                "Error: key derivation SCRYPT: N (memory) must be 8192 to 8388608, not 1024",
                runner.refusal("channel-join", "lobby", "--kdf", "scrypt", "--memory", "1024"));
        assertEquals(
                "Error: key derivation PBKDF2_SHA256: iterations (memory) must be 100000 to 10000000, not 1000",
                runner.refusal("channel-create", "lobby", "--kdf", "pbkdf2-sha256", "--memory", "1000"));
        assertTrue(runner.fake.secretTexts.isEmpty());
        assertTrue(runner.refusal("channel-create", "lobby", "--kdf", "md5")
                .startsWith("Error: there is no key derivation 'md5': use one of ARGON2ID"));
    }

    @Test
    void aPasswordIsNoSetting() {
        assertEquals(
                "Error: passwords are not accepted as arguments: use --password-file FILE",
                runner.refusal("node-add", "core", "--type", "rpc", "--url", "x", "--set", "password=hunter2"));
    }

    @Test
    void filesOfANodeAreNamedWhole() throws Exception {
        runner.session.currentDir(java.nio.file.Path.of("/home/me"));
        runner.run(
                "node-add",
                "core",
                "--type",
                "rpc",
                "--url",
                "x",
                "--user",
                "u",
                "--password-file",
                "../rpc.txt",
                "--cookie-file",
                "/c");
        assertEquals(
                Map.of("url", "x", "user", "u", "password-file", "/home/rpc.txt", "cookie-file", "/c"),
                runner.fake.added.get("core rpc"));
    }
}
