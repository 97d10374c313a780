package org.partyline.api.sealing;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes packets of a kind that PROTOCOL does not have, of what is written to the channels that an operator has given to it. A service; any
 * bundle may offer one. Who is to read them needs a {@link org.partyline.api.receive.PacketReceiver} of that kind.
 *
 * <p>When packets leave, by which carrier, that nothing leaves twice, and what becomes of them is the messenger's business, not the sealer's.
 * It is given no secrets but its own state: keys that it needs beside that are its own.
 *
 * <p>What a sealer uses up stands in its state, and nowhere else. The messenger stores new state and packets in one transaction, before any of them
 * can leave: after a crash both are there, or neither, and no key is used for two packets. An answer that is not stored never leaves, and the sealer is
 * asked again with the state of before.
 *
 * <p>A state counts from one start of the messenger to the next, as its files may be an old copy that was put back; it also ends where packets were given
 * up before they left. Then it is handed out empty, and the sealer begins anew, with fresh randomness: from the same passphrase and a counter
 * of 0 it would use the same keys again.
 */
@ConsumerType
public interface PacketSealer {
    /**
     * Its name, which operators give channels to and which stays the same in later versions of its bundle: 1 to 24 lower-case letters, digits
     * and hyphens, beginning with a letter. Where two have one name, the one that came first has it until it goes.
     */
    String id();

    /**
     * Seals a message. Called by one thread at a time. A call that throws is made again later, and so is one that takes longer than two
     * seconds, whose thread is interrupted; after five of these in a row the sealer is asked nothing more until it comes anew.
     *
     * @param message its state is wiped when the call has ended
     * @return never null; packets that the message cannot have count as a call that throws
     */
    Sealed seal(WrittenMessage message);
}
