package org.partyline.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.fail;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.engine.Channels.Mode;
import org.partyline.api.ratchet.ChannelKeys;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.conversation.ChannelMembership;
import org.partyline.messaging.recognition.Beacon;
import org.partyline.messaging.recognition.SealedSecrets;
import org.partyline.messaging.scan.Candidate;
import org.partyline.messaging.state.Days;
import org.partyline.testkit.messaging.StageBench;

/** However many keys are to be derived, the number of threads is bounded. */
class DerivationsTest {
    private final List<Runnable> begun = new ArrayList<>();
    private boolean stopped;

    private void execute(Runnable task) {
        if (stopped) {
            throw new RejectedExecutionException("as a test wants it");
        }
        begun.add(task);
    }

    @Test
    void noMoreThreadsAreAskedForThanThereMayBe() {
        Derivations derivations = new Derivations(null, null, null, null, this::execute, 2);
        for (int i = 0; i < 5; i++) {
            derivations.begin();
        }
        assertEquals(2, begun.size());
    }

    /** Requests the key of a channel's packet. */
    private static SealedSecrets.Entry request(StageBench stage) throws StoreException {
        ChannelMembership lobby = stage.join("lobby", Mode.OPEN);
        int today = Days.of(stage.clock.instant());
        SecretBytes root = lobby.root(stage.channelKeys, today);
        Beacon beacon = new Beacon(1, today, null, Network.REGTEST, stage.channelKeys.beacon(root), root);
        byte[] locator = stage.channelKeys.newLocator(beacon.key, stage.random);
        return stage.recognition.secrets.want(beacon, lobby.id(), lobby.entry.parameters(), locator);
    }

    @Test
    void aReaderThatStoppedLeavesTheKeysToTheNextOne() throws Exception {
        try (StageBench stage = new StageBench()) {
            SealedSecrets.Entry entry = request(stage);
            Candidate waiting = new Candidate(Network.REGTEST.code(), new byte[80], new byte[32], null, 0, "a");
            stage.recognition.secrets.add(entry, waiting.id(), waiting);
            Derivations stopped =
                    new Derivations(stage.guard, stage.recognition, stage.suites, stage.channelKeys, Runnable::run, 1);
            stopped.stop();
            stopped.begin();
            assertEquals(1, stage.recognition.secrets.underived());
            Derivations next =
                    new Derivations(stage.guard, stage.recognition, stage.suites, stage.channelKeys, Runnable::run, 1);
            next.onDerived = () -> begun.add(() -> {});
            next.onMore = () -> fail("nothing was turned away");
            next.begin();
            assertEquals(0, stage.recognition.secrets.underived());
            assertEquals(1, begun.size(), "its packet can be tried");
            assertEquals(1, stage.recognition.unmatched.again.size());
        }
    }

    @Test
    void aKeyThatIsDerivedAfterALockIsWipedAndNotPutIntoTheMemoryOfBefore() throws Exception {
        try (StageBench stage = new StageBench()) {
            List<SecretBytes> derived = new ArrayList<>();
            ChannelKeys locking = (ChannelKeys) Proxy.newProxyInstance(
                    ChannelKeys.class.getClassLoader(), new Class<?>[] {ChannelKeys.class}, (self, method, all) -> {
                        Object result = method.invoke(stage.channelKeys, all);
                        derived.add((SecretBytes) result);
                        stage.guard.lock();
                        stage.guard.wipe();
                        stage.guard.unlock();
                        return result;
                    });
            request(stage);
            Derivations derivations =
                    new Derivations(stage.guard, stage.recognition, stage.suites, locking, Runnable::run, 1);
            derivations.onDerived = () -> begun.add(() -> {});

            derivations.begin();

            assertEquals(1, derived.size());
            assertThrows(IllegalStateException.class, () -> derived.get(0).expose());
            assertEquals(0, stage.recognition.secrets.ready());
            assertEquals(List.of(), begun);
        }
    }

    @Test
    void aThreadThatIsRefusedIsNotCounted() {
        Derivations derivations = new Derivations(null, null, null, null, this::execute, 2);
        stopped = true;
        for (int i = 0; i < 5; i++) {
            derivations.begin();
        }
        stopped = false;
        derivations.begin();
        derivations.begin();
        assertEquals(2, begun.size());
    }
}
