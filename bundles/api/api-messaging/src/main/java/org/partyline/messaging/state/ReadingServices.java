package org.partyline.messaging.state;

/** The tables that recognise and open packets, and that the unlocked state is built from. */
public final class ReadingServices {
    private final Protocols protocols;
    private final RequiredServices needs;

    /** @param more further services that the reader needs */
    public ReadingServices(Protocols protocols, Live<?>... more) {
        this.protocols = protocols;
        this.needs = RequiredServices.of(
                        protocols.codec,
                        protocols.fragmenter,
                        protocols.channelKeys,
                        protocols.chains,
                        protocols.identities,
                        protocols.handshakes,
                        protocols.suites,
                        protocols.nodes)
                .and(more);
    }

    public RequiredServices needs() {
        return needs;
    }

    /** Whether the unlocked state was created by a service that is no longer present, and must be rebuilt. */
    public boolean isMadeByOthers() {
        return protocols.isMadeByOthers();
    }

    /** Whether packets can be recognised and opened now, with a valid unlocked state. */
    public boolean isPossible() {
        return needs.areHere() && !isMadeByOthers();
    }

    /** @throws AbsentException says what is missing */
    public void require() {
        needs.require();
        if (isMadeByOthers()) {
            throw new AbsentException("it waits until chains are loaded by a bundle that was replaced");
        }
    }
}
