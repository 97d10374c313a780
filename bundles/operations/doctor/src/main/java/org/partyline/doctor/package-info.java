/** Looks at the server before the first message and while it runs, and says what is unsafe and what to do. */
package org.partyline.doctor;
