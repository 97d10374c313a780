/** Checks the server, and reports what is unsafe and what to do. */
package org.partyline.doctor;
