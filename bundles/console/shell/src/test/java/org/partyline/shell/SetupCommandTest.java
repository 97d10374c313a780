package org.partyline.shell;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.karaf.shell.support.CommandException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.partyline.api.store.Store;

class SetupCommandTest {
    private static final String STORE_SECRET = "the store's secret";
    private static final String CHANNEL_SECRET = "the channel's secret";

    @TempDir
    Path directory;

    private final FakeEngine fake = new FakeEngine();
    private String storeFile;
    private String channelFile;

    @BeforeEach
    void anEmptyServer() throws Exception {
        fake.state = Store.State.NEW;
        storeFile = file("store.txt", STORE_SECRET);
        channelFile = file("channel.txt", CHANNEL_SECRET);
    }

    private String file(String name, String content) throws Exception {
        Path path = directory.resolve(name);
        Files.writeString(path, content + "\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        return path.toString();
    }

    private void allSecretsAreWiped() {
        fake.secrets.forEach(secret -> assertArrayEquals(new char[secret.length], secret));
    }

    @Test
    void itRunsUnattended() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String printed = runner.run(
                "setup",
                "--yes",
                "--passphrase-file",
                storeFile,
                "--persona",
                "alice",
                "--channel",
                "lobby",
                "--channel-passphrase-file",
                channelFile,
                "--json");
        JsonNode document = new ObjectMapper().readTree(printed);
        assertEquals("alice", document.get("persona").asText());
        assertEquals("embedded", document.get("node").asText());
        assertEquals("lobby", document.get("channel").get("name").asText());
        assertEquals(FakeEngine.INVITE, document.get("invite").asText());
        assertEquals(List.of(STORE_SECRET, CHANNEL_SECRET), fake.secretTexts);
        assertEquals(Map.of("embedded embedded", Map.of()), fake.added);
        allSecretsAreWiped();
        assertFalse(printed.contains("secret"));
    }

    @Test
    void itTakesBitcoinCoreAndJoinsByInvite() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String printed = runner.run(
                "setup",
                "--yes",
                "--node-type",
                "rpc",
                "--url",
                "http://127.0.0.1:18443",
                "--cookie-file",
                "/c",
                "--wallet",
                "w",
                "--zmq",
                "tcp://127.0.0.1:1",
                "--network",
                "regtest",
                "--passphrase-file",
                storeFile,
                "--invite",
                FakeEngine.INVITE,
                "--channel-passphrase-file",
                channelFile);
        assertEquals(
                Map.of(
                        "core rpc",
                        Map.of(
                                "url",
                                "http://127.0.0.1:18443",
                                "cookie-file",
                                "/c",
                                "wallet",
                                "w",
                                "zmq",
                                "tcp://127.0.0.1:1",
                                "network",
                                "regtest")),
                fake.added);
        assertTrue(printed.contains("me is in channel lobby"), printed);
    }

    @Test
    void itAsksWhatNoOptionSays() throws Exception {
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("", "", "alice", "", "", STORE_SECRET, STORE_SECRET, CHANNEL_SECRET, CHANNEL_SECRET);
        String printed = new Runner(fake, session).run("setup");
        assertEquals(9, session.prompts.size(), session.prompts.toString());
        assertEquals(
                List.of(true, true, true, true),
                session.masks.subList(5, 9).stream()
                        .map(mask -> mask != null && mask == 0)
                        .toList());
        assertEquals("alice", fake.personas.get(0).name());
        assertEquals("lobby", fake.channels.get(0).name());
        assertFalse(printed.contains("secret"), printed);
        assertTrue(printed.contains(FakeEngine.INVITE));
        allSecretsAreWiped();
    }

    @Test
    void itAsksAboutBitcoinCoreWhatItNeeds() throws Exception {
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("rpc", "regtest", "", "", "", "", "", "alice", "none", STORE_SECRET, STORE_SECRET);
        new Runner(fake, session).run("setup");
        assertEquals(Map.of("core rpc", Map.of("network", "regtest")), fake.added);
        assertEquals("Its network [mainnet]: ", session.prompts.get(1));
        assertEquals("Its wallet that pays, or nothing to receive only: ", session.prompts.get(4));
    }

    @Test
    void theServersOwnWalletMayPay() throws Exception {
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("rpc", "regtest", "", "", "local", "", "", "alice", "none", STORE_SECRET, STORE_SECRET);
        new Runner(fake, session).run("setup");
        assertEquals(Map.of("core rpc", Map.of("network", "regtest")), fake.added);
    }

    @Test
    void whereAStoreIsLockedItSaysWhatToDo() {
        fake.state = Store.State.LOCKED;
        String refusal = new Runner(fake, FakeSession.withoutTerminal()).refusal("setup", "--yes");
        assertEquals(
                "Error: this server has a store: open it with partyline:unlock, and setup adds what is missing, or start "
                        + "another one with PARTYLINE_HOME set to a new directory",
                refusal);
    }

    @Test
    void whereNothingIsMissingItSaysSo() {
        FakeEngine done = FakeEngine.furnished();
        assertEquals(
                "Error: this server is set up already: see partyline:status, or start another one with PARTYLINE_HOME set "
                        + "to a new directory",
                new Runner(done, FakeSession.withoutTerminal()).refusal("setup", "--yes"));
        assertTrue(done.secrets.isEmpty());
    }

    @Test
    void whatIsMissingIsAddedToAStoreThatIsOpen() throws Exception {
        fake.state = Store.State.OPEN;
        FakeSession session =
                FakeSession.withTerminal(100, 60).answer("", "alice", "", "", CHANNEL_SECRET, CHANNEL_SECRET);
        String printed = new Runner(fake, session).run("setup");
        assertEquals(List.of(CHANNEL_SECRET), fake.secretTexts);
        assertEquals("alice", fake.personas.get(0).name());
        assertTrue(printed.contains("alice is in channel lobby"), printed);
    }

    @Test
    void aPersonaThatHasANameKeepsIt() {
        fake.state = Store.State.OPEN;
        fake.personas.set(0, FakeEngine.persona(1, "bob", true));
        assertEquals(
                "Error: you are bob already: another persona is made with partyline:persona-create alice",
                new Runner(fake, FakeSession.withoutTerminal()).refusal("setup", "--yes", "--persona", "alice"));
    }

    @Test
    void anAnswerThatWillNotDoIsAskedForAgainAtOnce() throws Exception {
        fake.nodeRefusals.addAll(
                List.of("node core cannot read its cookie /c", "", "node core has no wallet purse", "", ""));
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer("rpc", "moon", "regtest", "", "/c", "", "", "purse", "bob", "")
                .answer("")
                .answer("a name that is too long for a nickname", "alice", "create", "x".repeat(65), "lobby")
                .answer("short", STORE_SECRET, STORE_SECRET + "x", STORE_SECRET, STORE_SECRET)
                .answer(CHANNEL_SECRET, CHANNEL_SECRET);
        String printed = new Runner(fake, session).run("setup");
        assertEquals(Map.of("core rpc", Map.of("network", "regtest", "wallet", "bob")), fake.added);
        assertEquals(List.of(STORE_SECRET, CHANNEL_SECRET), fake.secretTexts);
        for (String said : List.of(
                "That will not do: there is no network 'moon'",
                "That will not do: node core cannot read its cookie /c.",
                "That will not do: node core has no wallet purse.",
                "That will not do: a nickname has at most 32 bytes: take another one.",
                "That will not do: a channel's name has 1 to 64 bytes",
                "That is too short: take at least 8 characters.",
                "The two differ: once more, please.")) {
            assertTrue(printed.replaceAll("\\s+", " ").contains(said), said + "\n" + printed);
        }
        allSecretsAreWiped();
    }

    @Test
    void aNodeThatWillNotDoIsRefusedBeforeAnythingIsMade() {
        fake.nodeRefusals.add("node core cannot read its cookie /c");
        assertEquals(
                "Error: node core cannot read its cookie /c",
                new Runner(fake, FakeSession.withoutTerminal())
                        .refusal("setup", "--yes", "--node-type", "rpc", "--passphrase-file", storeFile));
        assertEquals(Store.State.NEW, fake.state);
        assertTrue(fake.added.isEmpty());
    }

    @Test
    void ctrlDAtAPassphraseIsNoAnswer() {
        FakeSession session = FakeSession.withTerminal(100, 60).answer("", "", "alice", "none", FakeSession.CTRL_D);
        String refusal = new Runner(fake, session).refusal("setup");
        assertTrue(refusal.contains("Error: no answer was given: nothing was done"), refusal);
        assertEquals(Store.State.NEW, fake.state);
    }

    @Test
    void aBadAnswerIsRefusedBeforeAnythingIsMade() throws Exception {
        Runner runner = new Runner(fake, FakeSession.withoutTerminal());
        String weak = file("weak.txt", "short");
        assertEquals(
                "Error: the passphrase is too short: take at least 8 characters",
                runner.refusal(
                        "setup",
                        "--yes",
                        "--passphrase-file",
                        storeFile,
                        "--channel",
                        "lobby",
                        "--channel-passphrase-file",
                        weak));
        assertEquals(
                "Error: --node-type is embedded, rpc or none, not 'magic'",
                runner.refusal("setup", "--yes", "--node-type", "magic", "--passphrase-file", storeFile));
        assertEquals(
                "Error: --channel makes a channel and --invite joins one: give one of the two",
                runner.refusal("setup", "--channel", "a", "--invite", "b"));
        assertEquals(
                "Error: a nickname has at most 32 bytes: take another one",
                runner.refusal("setup", "--yes", "--persona", "x".repeat(33), "--passphrase-file", storeFile));
        assertEquals(Store.State.NEW, fake.state);
        assertTrue(fake.added.isEmpty());
    }

    @Test
    void ctrlCLeavesNothingBehind() {
        FakeSession session = FakeSession.withTerminal(100, 60).answer("", "", "alice", "none", FakeSession.CTRL_C);
        Runner runner = new Runner(fake, session);
        assertThrows(InterruptedException.class, () -> runner.command("setup").execute(session, new ArrayList<>()));
        assertEquals(Store.State.NEW, fake.state);
        assertTrue(fake.added.isEmpty());
    }

    @Test
    void aNodeThatIsThereIsKept() throws Exception {
        fake.nodes.add(FakeEngine.node("embedded", "embedded"));
        new Runner(fake, FakeSession.withoutTerminal()).run("setup", "--yes", "--passphrase-file", storeFile);
        assertTrue(fake.added.isEmpty());
    }

    @Test
    void itBeginsWithABackup() throws Exception {
        fake.passphrase = "of the backup";
        String printed = new Runner(fake, FakeSession.withoutTerminal())
                .run(
                        "setup",
                        "--yes",
                        "--passphrase-file",
                        storeFile,
                        "--restore",
                        directory.resolve("alice.backup").toString(),
                        "--restore-passphrase-file",
                        file("backup.txt", "of the backup"));
        assertEquals(
                List.of("preview alice.backup", "import alice.backup"),
                fake.calls.stream()
                        .filter(call -> call.endsWith("alice.backup"))
                        .toList());
        assertEquals(List.of("of the backup", STORE_SECRET, "of the backup"), fake.secretTexts);
        assertTrue(printed.contains("1 persona, 1 contact, 1 channel"), printed);
        assertTrue(fake.channels.isEmpty());
        allSecretsAreWiped();
    }

    @Test
    void itAsksForABackupAndNotForAPersonaThen() throws Exception {
        fake.passphrase = "of the backup";
        String backup = file("alice.backup", "sealed");
        FakeSession session =
                FakeSession.withTerminal(100, 60).answer("", backup, "of the backup", STORE_SECRET, STORE_SECRET);
        new Runner(fake, session).run("setup");
        assertEquals(5, session.prompts.size(), session.prompts.toString());
        assertTrue(fake.calls.contains("import alice.backup"), fake.calls::toString);
        allSecretsAreWiped();
    }

    @Test
    void aBackupThatIsNotThereAndAWrongPassphraseOfItAreAskedForAgain() throws Exception {
        fake.passphrase = "of the backup";
        String backup = file("alice.backup", "sealed");
        FakeSession session = FakeSession.withTerminal(100, 60)
                .answer(
                        "",
                        directory.resolve("none.backup").toString(),
                        backup,
                        "of another",
                        "",
                        "of the backup",
                        STORE_SECRET,
                        STORE_SECRET);
        String printed = new Runner(fake, session).run("setup");
        assertTrue(printed.contains("That will not do: there is no file "), printed);
        assertTrue(printed.contains("That will not do: the passphrase is not that of the backup: try again."), printed);
        assertTrue(session.prompts.get(4).contains("[" + backup + "]"), session.prompts::toString);
        assertTrue(fake.calls.contains("import alice.backup"), fake.calls::toString);
        allSecretsAreWiped();
    }

    @Test
    void aBackupThatDoesNotOpenIsFoundBeforeAnythingIsMade() throws Exception {
        String refusal = new Runner(fake, FakeSession.withoutTerminal())
                .refusal(
                        "setup",
                        "--yes",
                        "--passphrase-file",
                        storeFile,
                        "--restore",
                        "alice.backup",
                        "--restore-passphrase-file",
                        file("backup.txt", "not its passphrase"));
        assertTrue(refusal.contains("passphrase"), refusal);
        assertEquals(Store.State.NEW, fake.state);
        assertTrue(fake.added.isEmpty());
        allSecretsAreWiped();
    }

    @Test
    void aBackupIsNoneToBeginWithWhereThereIsAStore() {
        fake.state = Store.State.OPEN;
        assertEquals(
                "Error: this server has its store already: bring the backup in with partyline:backup-import",
                new Runner(fake, FakeSession.withoutTerminal()).refusal("setup", "--yes", "--restore", "alice.backup"));
    }

    @Test
    void aBackupBringsItsOwnPersonasAndChannels() {
        assertThrows(
                CommandException.class,
                () -> new Runner(fake, FakeSession.withoutTerminal())
                        .run("setup", "--yes", "--restore", "alice.backup", "--persona", "bob"));
    }
}
