package org.partyline.contacts;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.partyline.api.PartylineException;
import org.partyline.testkit.HandSetClock;

/** Alice and bob, each with a server, who have exchanged cards. Alice's handshake prevails if both open at once. */
abstract class TwoPeople {
    final HandSetClock clock;
    ContactsBench alice;
    ContactsBench bob;

    TwoPeople() {
        this(new HandSetClock());
    }

    TwoPeople(HandSetClock clock) {
        this.clock = clock;
        alice = new ContactsBench(clock);
        bob = new ContactsBench(clock);
    }

    @BeforeEach
    final void meet() throws PartylineException {
        while (!alice.isLowerThan(bob)) {
            closeBoth();
            alice = new ContactsBench(clock);
            bob = new ContactsBench(clock);
        }
        ContactsBench.meet(alice, bob);
    }

    @AfterEach
    final void closeBoth() {
        alice.close();
        bob.close();
    }
}
