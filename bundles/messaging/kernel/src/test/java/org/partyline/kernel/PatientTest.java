package org.partyline.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.partyline.api.PartylineException;
import org.partyline.api.engine.NoSuchThingException;
import org.partyline.api.store.StoreException;
import org.partyline.messaging.kernel.AbsentException;

/** What cannot be done while a bundle is unavailable is refused in a form that the caller knows. */
class PatientTest {
    private static final String REFUSAL =
            "not possible now: it waits for bundle org.partyline.fees; try again when that is running";

    interface Service {
        void any() throws PartylineException;

        void store() throws StoreException;

        void thing() throws NoSuchThingException;

        void none();

        void other() throws IOException;
    }

    /** Throws the same, whatever is asked of it. */
    private record Failing(Exception what) implements Service {
        private <X extends Exception> void fail() throws X {
            @SuppressWarnings("unchecked")
            X thrown = (X) what;
            throw thrown;
        }

        @Override
        public void any() throws PartylineException {
            this.<PartylineException>fail();
        }

        @Override
        public void store() throws StoreException {
            this.<StoreException>fail();
        }

        @Override
        public void thing() throws NoSuchThingException {
            this.<NoSuchThingException>fail();
        }

        @Override
        public void none() {
            this.<RuntimeException>fail();
        }

        @Override
        public void other() throws IOException {
            this.<IOException>fail();
        }
    }

    private static Service with(Exception what) {
        return Patient.with(Service.class, new Failing(what));
    }

    @Test
    void whatIsAwayIsARefusalOfTheKindThatTheMethodDeclares() {
        AbsentException absent = new AbsentException("it waits for bundle org.partyline.fees");
        Service service = with(absent);
        PartylineException any = assertThrows(PartylineException.class, service::any);
        assertEquals(PartylineException.class, any.getClass());
        assertEquals(REFUSAL, any.getMessage());
        assertEquals(REFUSAL, assertThrows(StoreException.class, service::store).getMessage());
        assertEquals(
                REFUSAL,
                assertThrows(NoSuchThingException.class, service::thing).getMessage());
        assertSame(absent, assertThrows(AbsentException.class, service::none));
        assertSame(absent, assertThrows(AbsentException.class, service::other));
    }

    @Test
    void allElseComesThroughAsItIs() {
        PartylineException refused = new PartylineException("no");
        assertSame(refused, assertThrows(PartylineException.class, with(refused)::any));
        IllegalStateException broken = new IllegalStateException("broken");
        assertSame(broken, assertThrows(IllegalStateException.class, with(broken)::none));
        IOException io = new IOException("disk");
        assertSame(io, assertThrows(IOException.class, with(io)::other));
    }

    @Test
    void aServiceIsOneThing() {
        Service service = with(new IllegalStateException("not called"));
        assertEquals("Service", service.toString());
        assertEquals(service, service);
        assertNotEquals(service, with(new IllegalStateException("another")));
        assertEquals(service.hashCode(), service.hashCode());
    }
}
