package org.partyline.messaging.recognition;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.partyline.api.Network;
import org.partyline.api.SecretBytes;
import org.partyline.api.crypto.KdfId;
import org.partyline.api.crypto.KdfParameters;
import org.partyline.messaging.scan.Candidate;

/** The secrets of sealed packets, and the packets that wait for them. */
class SealedSecretsTest {
    private static final KdfParameters CHEAP = KdfParameters.defaults(KdfId.ARGON2ID);

    private final SealedSecrets secrets = new SealedSecrets(3, 2);
    private final Beacon plaza = beacon(1, 7);
    private final Beacon square = beacon(2, 8);

    private static Beacon beacon(int id, int member) {
        Beacon beacon = new Beacon(
                id, 100 + id, null, Network.REGTEST, SecretBytes.wrap(new byte[32]), SecretBytes.wrap(new byte[] {5}));
        beacon.members.add(member);
        return beacon;
    }

    private static byte[] locator(int number) {
        return new byte[] {(byte) number};
    }

    private static Candidate packet(int number) {
        return new Candidate(Network.REGTEST.code(), new byte[] {2, (byte) number}, new byte[32], null, 0, "");
    }

    private SealedSecrets.Entry want(Beacon beacon, int number) {
        return secrets.want(beacon, beacon.members.get(0), CHEAP, locator(number));
    }

    private void add(SealedSecrets.Entry entry, int packet) {
        secrets.add(entry, packet(packet).id(), packet(packet));
    }

    private static SecretBytes secret() {
        return SecretBytes.wrap(new byte[] {9});
    }

    @Test
    void whatWaitsComesOutWhenTheSecretIsThere() {
        SealedSecrets.Entry entry = want(plaza, 1);
        add(entry, 1);
        add(entry, 2);
        add(entry, 1);
        assertEquals(2, secrets.waiting(), "each waits once");
        assertEquals(OptionalInt.of(101), secrets.firstDay(7));
        assertEquals(Optional.of(entry), secrets.next());
        assertEquals(Optional.empty(), secrets.next());
        assertEquals(2, secrets.derived(entry, secret()).size());
        assertEquals(OptionalInt.empty(), secrets.firstDay(7));
        assertEquals(0, secrets.waiting());
        assertNotNull(secrets.find(plaza, locator(1)).secret());
    }

    @Test
    void packetsThatAreTooManyForTheMemoryWaitInTheStoreAlone() {
        SealedSecrets.Entry entry = want(plaza, 1);
        for (int i = 0; i < 10; i++) {
            add(entry, i);
        }
        assertEquals(3, secrets.waiting());
        assertTrue(secrets.takeMore(entry));
        assertFalse(secrets.takeMore(entry));
    }

    @Test
    void locatorsThatAreTooManyWaitInTheStoreUntilTheOthersAreDone() {
        List<SealedSecrets.Entry> all = List.of(want(plaza, 1), want(plaza, 2), want(plaza, 3));
        assertTrue(secrets.isFull());
        for (SealedSecrets.Entry entry : all) {
            assertFalse(secrets.takeMore(entry), "there are others before them");
            secrets.next();
            secrets.derived(entry, secret());
        }
        assertFalse(secrets.isFull());
        assertTrue(secrets.takeMore(all.get(2)));
        assertFalse(secrets.takeMore(all.get(2)));
    }

    @Test
    void secretsThatOpenNothingArePushedOutAndWiped() {
        SealedSecrets.Entry first = want(plaza, 1);
        for (int i = 1; i <= 3; i++) {
            SealedSecrets.Entry entry = i == 1 ? first : want(plaza, i);
            secrets.next();
            secrets.derived(entry, secret());
        }
        assertEquals(2, secrets.ready());
        assertNull(secrets.find(plaza, locator(1)));
        assertThrows(IllegalStateException.class, () -> first.secret().expose(), "it was wiped");
    }

    @Test
    void channelsTakeTurnsAndOneHasOneDerivationAtATime() {
        SealedSecrets.Entry first = want(plaza, 1);
        SealedSecrets.Entry second = want(plaza, 2);
        SealedSecrets.Entry third = want(plaza, 3);
        SealedSecrets.Entry other = want(square, 1);
        assertEquals(Optional.of(first), secrets.next());
        assertEquals(Optional.of(other), secrets.next());
        assertEquals(Optional.empty(), secrets.next());
        secrets.derived(first, secret());
        SealedSecrets.Entry last = want(square, 2);
        assertEquals(Optional.of(second), secrets.next());
        secrets.derived(second, secret());
        secrets.derived(other, secret());
        assertEquals(Optional.of(last), secrets.next(), "after its turn a channel stands behind the others");
        assertEquals(Optional.of(third), secrets.next());
    }

    @Test
    void whatIsDroppedIsWipedAndGivesBackWhatWaited() {
        SealedSecrets.Entry running = want(plaza, 1);
        SealedSecrets.Entry queued = want(plaza, 2);
        add(running, 1);
        add(queued, 2);
        secrets.next();
        SecretBytes root = running.root();
        List<Candidate> back = secrets.drop(plaza);
        assertEquals(2, back.size());
        assertThrows(IllegalStateException.class, root::expose, "it was wiped");
        SecretBytes late = secret();
        assertEquals(List.of(), secrets.derived(running, late));
        assertThrows(IllegalStateException.class, late::expose, "nobody wants it any more");
        assertEquals(Optional.empty(), secrets.next());
        assertEquals(0, secrets.waiting());
    }

    @Test
    void whatFailedWaitsAndIsDerivedOnceMoreWhenItIsAskedFor() {
        SealedSecrets.Entry entry = want(plaza, 1);
        add(entry, 1);
        secrets.next();
        assertEquals(List.of(), secrets.derived(entry, null));
        assertEquals(Optional.empty(), secrets.next());
        assertEquals(OptionalInt.empty(), secrets.firstDay(7), "no root is kept for what cannot be derived");
        assertTrue(secrets.retryFailed());
        assertFalse(secrets.retryFailed());
        assertEquals(Optional.of(entry), secrets.next());
        assertEquals(1, secrets.derived(entry, secret()).size());
    }

    @Test
    void closingWipesSecretsAndRoots() {
        SealedSecrets.Entry done = want(plaza, 1);
        secrets.next();
        secrets.derived(done, secret());
        SecretBytes kept = done.secret();
        SealedSecrets.Entry running = want(square, 1);
        secrets.next();
        SecretBytes root = running.root();
        secrets.close();
        assertThrows(IllegalStateException.class, kept::expose);
        assertThrows(IllegalStateException.class, root::expose);
    }

    @Test
    void copiesOfALocatorPushOutEachOtherFromWhatIsParked() {
        Parked parked = new Parked(3);
        parked.add(packet(1).id(), 1, 0, 0);
        parked.add(packet(2).id(), 2, 0, 0);
        parked.add(packet(3).id(), 2, 0, 0);
        assertEquals(Optional.of(packet(2).id()), parked.add(packet(4).id(), 2, 0, 0));
        assertEquals(Optional.of(packet(3).id()), parked.add(packet(5).id(), 2, 0, 0));
        assertTrue(parked.contains(packet(1).id()));
        assertEquals(Optional.of(packet(1).id()), parked.add(packet(6).id(), 3, 0, 0), "without such, the oldest goes");
        assertFalse(parked.remove(packet(1).id()));
        assertTrue(parked.remove(packet(6).id()));
    }
}
