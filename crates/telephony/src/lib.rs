//! biseo-telephony
