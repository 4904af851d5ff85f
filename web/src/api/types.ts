/** The contract's shapes (crates/api/openapi.json) under short names. */
import type { components } from './schema';

type S = components['schemas'];

export type Answer = S['Answer'];
export type Availability = S['Availability'];
export type Booking = S['BookingView'];
export type BookingChange = S['BookingChange'];
export type BookingList = S['BookingList'];
export type BookingRules = S['BookingRulesView'];
export type Call = S['CallView'];
export type CallDetail = S['CallDetail'];
export type CallPage = S['CallPage'];
export type Caller = S['CallerView'];
export type CallerChange = S['CallerChange'];
export type CallerDetail = S['CallerDetail'];
export type CallerPage = S['CallerPage'];
export type ConflictReason = S['ConflictReason'];
export type Counts = S['Counts'];
export type DayHours = S['DayView'];
export type FreeTime = S['FreeTime'];
export type HolidayOn = S['HolidayView'];
export type Hours = S['HoursView'];
export type Invitation = S['Invitation'];
export type InvitationCheck = S['InvitationCheck'];
export type InvitationMade = S['InvitationMade'];
export type Latency = S['LatencyView'];
export type LiveNotice = S['Notice'];
export type Member = S['Member'];
export type Message = S['MessageView'];
export type MessagePage = S['MessagePage'];
export type NewBooking = S['NewBooking'];
export type Order = S['OrderView'];
export type OrderList = S['OrderList'];
export type Outcome = S['Outcome'];
export type Profile = S['ProfileView'];
export type ProfileChange = S['ProfileChange'];
export type Question = S['QuestionView'];
export type QuestionPage = S['QuestionPage'];
export type QuestionState = S['QuestionState'];
export type RecoveryCodes = S['RecoveryCodes'];
export type Right = S['Right'];
export type Role = S['Role'];
export type Session = S['SessionView'];
export type Shop = S['ShopView'];
export type Text = S['Text'];
export type TotpSecret = S['TotpSecret'];
export type Turn = S['TurnView'];

/** The days of the week as the profile names them. */
export const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Day = (typeof DAYS)[number];
